package org.caravox.door.openai;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;

/** The forms of audio that OpenAI's {@code response_format} names; all of them at 24 kHz, Opus at its own 48. */
enum AudioForm {
    MP3("audio/mpeg", Encoding.MP3, Container.NONE, 24_000),
    OPUS("audio/opus", Encoding.OPUS, Container.OGG, 48_000),
    AAC("audio/aac", Encoding.AAC, Container.NONE, 24_000),
    FLAC("audio/flac", Encoding.FLAC, Container.NONE, 24_000),
    WAV("audio/wav", Encoding.LINEAR16, Container.WAV, 24_000),
    PCM("audio/pcm", Encoding.LINEAR16, Container.NONE, 24_000);

    private final String mediaType;
    private final Encoding encoding;
    private final Container container;
    private final int sampleRateHz;

    AudioForm(String mediaType, Encoding encoding, Container container, int sampleRateHz) {
        this.mediaType = mediaType;
        this.encoding = encoding;
        this.container = container;
        this.sampleRateHz = sampleRateHz;
    }

    /** As OpenAI names it in {@code Content-Type}. */
    String mediaType() {
        return mediaType;
    }

    AudioFormat format() {
        return new AudioFormat(encoding, container, sampleRateHz);
    }

    static AudioForm of(String word) {
        return Arrays.stream(values())
                .filter(form -> form.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new WrongField(
                        "response_format",
                        "response_format must be one of "
                                + Arrays.stream(values()).map(AudioForm::word).collect(Collectors.joining(", "))));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
