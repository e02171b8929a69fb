package org.caravox.transcription;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.camel.Body;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.AudioStore;
import org.caravox.audio.Examiner;
import org.caravox.audio.Recording;

/** Finds the recording of a request on this hub's disk. */
public final class Recordings {

    private final AudioStore audio;
    private final Examiner examiner;

    public Recordings(AudioStore audio, Examiner examiner) {
        this.audio = audio;
        this.examiner = examiner;
    }

    /** The recording; one that was fetched is examined first, an upload was at the door. */
    public Recording open(@Body TranscriptionRequest request) throws IOException, InterruptedException {
        Path file = audio.file(request.id());
        AudioInfo known = request.audio();
        return known != null ? new Recording(file, known) : examiner.examine(file);
    }
}
