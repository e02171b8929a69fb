package org.caravox.fakes.vendors;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What every text sounds like: 400 Hz for 60 ms a character. 100 ms are 40 whole waves, so that one frame, made once, is
 * sent as often as it takes.
 */
final class Tone {

    private static final int HERTZ = 400;
    private static final int AMPLITUDE = 8000;
    private static final int MILLIS_PER_CHARACTER = 60;
    private static final int FRAMES_PER_SECOND = 10;
    private static final int CLIP_PIECE_BYTES = 1024;
    private static final Map<String, Buffer> FRAMES = new ConcurrentHashMap<>();
    private static final Map<String, List<Buffer>> CLIPS = new ConcurrentHashMap<>();

    private Tone() {}

    /** Samples without a container, in frames of 100 ms, the last of which may be shorter. */
    static List<Buffer> raw(String text, Encoding encoding, int sampleRateHz) {
        List<Buffer> frames = new ArrayList<>();
        Buffer frame = frame(encoding, sampleRateHz);
        long left = bytes(text, encoding, sampleRateHz);
        for (; left >= frame.length(); left -= frame.length()) {
            frames.add(frame);
        }
        if (left > 0) {
            frames.add(frame.slice(0, (int) left));
        }
        return frames;
    }

    private static long bytes(String text, Encoding encoding, int sampleRateHz) {
        return (long) text.length() * MILLIS_PER_CHARACTER * sampleRateHz / 1000 * encoding.bytes;
    }

    /** The same as WAV. */
    static List<Buffer> wav(String text, Encoding encoding, int sampleRateHz) {
        List<Buffer> pieces = new ArrayList<>();
        pieces.add(wavHeader(bytes(text, encoding, sampleRateHz), encoding, sampleRateHz));
        pieces.addAll(raw(text, encoding, sampleRateHz));
        return pieces;
    }

    private static Buffer wavHeader(long bytes, Encoding encoding, int sampleRateHz) {
        Buffer header = Buffer.buffer(44).appendString("RIFF");
        header.appendUnsignedIntLE(36 + bytes).appendString("WAVEfmt ").appendIntLE(16);
        header.appendShortLE((short) encoding.wavFormat).appendShortLE((short) 1);
        header.appendIntLE(sampleRateHz).appendIntLE(sampleRateHz * encoding.bytes);
        header.appendShortLE((short) encoding.bytes).appendShortLE((short) encoding.bits);
        return header.appendString("data").appendUnsignedIntLE(bytes);
    }

    /** A second of it as mp3, opus (in Ogg), aac (ADTS) or flac, whatever the text. */
    static List<Buffer> clip(String format) {
        return CLIPS.computeIfAbsent(format, Tone::load);
    }

    private static List<Buffer> load(String format) {
        String name = "/org/caravox/fakes/tone." + format;
        try (InputStream in = Tone.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no recording " + name);
            }
            Buffer all = Buffer.buffer(in.readAllBytes());
            List<Buffer> pieces = new ArrayList<>();
            for (int at = 0; at < all.length(); at += CLIP_PIECE_BYTES) {
                pieces.add(all.slice(at, Math.min(all.length(), at + CLIP_PIECE_BYTES)));
            }
            return pieces;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Buffer frame(Encoding encoding, int sampleRateHz) {
        return FRAMES.computeIfAbsent(encoding + "@" + sampleRateHz, any -> synthesize(encoding, sampleRateHz));
    }

    private static Buffer synthesize(Encoding encoding, int sampleRateHz) {
        Buffer frame = Buffer.buffer();
        for (int i = 0; i < sampleRateHz / FRAMES_PER_SECOND; i++) {
            int sample = (int) Math.round(AMPLITUDE * Math.sin(2 * Math.PI * HERTZ * i / sampleRateHz));
            switch (encoding) {
                case PCM16 -> frame.appendShortLE((short) sample);
                case FLOAT32 -> frame.appendIntLE(Float.floatToIntBits(sample / 32768f));
                case ALAW -> frame.appendByte(Encoding.alaw(sample));
                case MULAW -> frame.appendByte(Encoding.mulaw(sample));
            }
        }
        return frame;
    }
}
