package org.caravox.itests.audio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.caravox.itests.hub.Project;

/** The recordings that come with the project, and what is said in them. */
public enum Sample {
    /** Stereo, 17 s. */
    BOOKING_CALL("booking-call.wav"),
    /** MP3, 12.5 s. */
    VOICEMAIL("voicemail.mp3"),
    /** 8 kHz mu-law, 6.5 s. */
    PHONE_CLIP("phone-clip-8k.wav");

    private final String name;

    Sample(String name) {
        this.name = name;
    }

    public Path file() {
        return Project.root().resolve("samples").resolve(name);
    }

    public byte[] bytes() {
        try {
            return Files.readAllBytes(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is said, by channel. */
    public List<String> channels() {
        return References.in(Project.root().resolve("samples/samples.tsv"), "text")
                .get(name);
    }

    /** What is said on its one channel. */
    public String text() {
        return channels().get(0);
    }
}
