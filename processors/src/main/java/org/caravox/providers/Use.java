package org.caravox.providers;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a chain of providers is for. */
public enum Use {
    TRANSCRIPTION,
    LIVE,
    DIALOGUE,
    SPEECH;

    /** The word for it in settings, metrics and answers. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
