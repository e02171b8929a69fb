package org.caravox.rtp;

import java.util.Locale;
import org.caravox.calls.media.Codec;

/** The forms of audio that are known here. */
final class Codecs {

    static final String KEY_EVENTS = "telephone-event";
    static final String NOISE = "CN";

    private Codecs() {}

    /** How we offer a codec of {@link RtpSettings#CODECS}. */
    static Codec offered(String name) {
        return switch (name) {
            case "PCMU" -> new Codec(0, name, 8_000, 1, "");
            case "PCMA" -> new Codec(8, name, 8_000, 1, "");
            case "G722" -> new Codec(9, name, 8_000, 1, "");
            case "opus" ->
                new Codec(111, name, 48_000, 2, "maxplaybackrate=16000;sprop-maxcapturerate=16000;useinbandfec=1");
            default -> throw new IllegalArgumentException("no codec " + name);
        };
    }

    /** Keys, in the clock of the codec beside which they are sent: RFC 4733, section 2.1. */
    static Codec keyEvents(int clockRateHz) {
        return new Codec(clockRateHz == 8_000 ? 101 : 110, KEY_EVENTS, clockRateHz, 1, "0-15");
    }

    static Codec noise() {
        return new Codec(13, NOISE, 8_000, 1, "");
    }

    static boolean isKeyEvents(Codec codec) {
        return codec.name().equalsIgnoreCase(KEY_EVENTS);
    }

    static boolean isNoise(Codec codec) {
        return codec.name().equalsIgnoreCase(NOISE);
    }

    /** Samples a second of its speech, whatever its clock says. */
    static int sampleRateHz(Codec codec) {
        return codec.name().toUpperCase(Locale.ROOT).startsWith("PCM") ? 8_000 : 16_000;
    }

    /** One direction of a codec, for a leg that works at some rate. */
    static Voice voice(Codec codec, int legRateHz) {
        Voice voice =
                switch (codec.name().toUpperCase(Locale.ROOT)) {
                    case "PCMU" -> G711Voice.MU_LAW;
                    case "PCMA" -> G711Voice.A_LAW;
                    case "G722" -> new G722Voice();
                    case "OPUS" -> new OpusVoice();
                    default -> throw new IllegalArgumentException("no codec " + codec.name());
                };
        return voice.sampleRateHz() == legRateHz ? voice : new ResampledVoice(voice, legRateHz);
    }

    /** The length of packet nearest below the wished that a codec can have, in milliseconds. */
    static int packetMs(Codec codec, int wishedMs) {
        int ms = Math.max(10, Math.min(60, wishedMs / 10 * 10));
        boolean opus = codec.name().equalsIgnoreCase("opus");
        return opus && (ms == 30 || ms == 50) ? ms - 10 : ms;
    }
}
