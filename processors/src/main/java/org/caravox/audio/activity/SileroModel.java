package org.caravox.audio.activity;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Silero VAD, version 5: a small network that tells speech from noise, at 8 and at 16 kHz. One is shared by all calls; each
 * frame is worked out on the thread that asks, in about 0.15 ms. Source: github.com/snakers4/silero-vad (MIT), whose
 * {@code OnnxWrapper} this follows.
 */
public final class SileroModel implements AutoCloseable {

    private static final int STATE = 2 * 128;
    private static final long[] STATE_SHAPE = {2, 1, 128};

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ReadWriteLock closing = new ReentrantReadWriteLock();

    private SileroModel(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    /** Loads it from its own jar. */
    public static SileroModel load() {
        try (InputStream file =
                        Objects.requireNonNull(SileroModel.class.getResourceAsStream("silero_vad_v5.onnx"), "model");
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            return new SileroModel(environment, environment.createSession(file.readAllBytes(), options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalStateException("the model that detects speech cannot be loaded: " + e.getMessage(), e);
        }
    }

    /**
     * A detector for one channel.
     *
     * @param sampleRateHz 8000 or 16000
     */
    public SpeechDetector detector(int sampleRateHz) {
        if (sampleRateHz != 8_000 && sampleRateHz != 16_000) {
            throw new IllegalArgumentException("speech is detected at 8000 or 16000 Hz, not at " + sampleRateHz);
        }
        return new Detector(sampleRateHz);
    }

    /** Waits for frames that are worked out just now: what is closed under them takes the process with it. */
    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            closing.writeLock().unlock();
        }
    }

    private final class Detector extends Framed {

        private static final double BEGINS = 0.5;
        private static final double GOES_ON = 0.35;

        private final int rate;
        private final int context;
        private final float[] input;
        private float[] state = new float[STATE];
        private boolean speech;

        Detector(int rate) {
            super(32 * rate / 1000, rate);
            this.rate = rate;
            this.context = 4 * rate / 1000;
            this.input = new float[36 * rate / 1000];
        }

        @Override
        boolean isSpeech(byte[] pcm) {
            System.arraycopy(input, input.length - context, input, 0, context);
            for (int i = 0; i < input.length - context; i++) {
                input[context + i] = (short) ((pcm[2 * i] & 0xFF) | (pcm[2 * i + 1] << 8)) / 32_768f;
            }
            speech = probability() > (speech ? GOES_ON : BEGINS);
            return speech;
        }

        private float probability() {
            closing.readLock().lock();
            try (OnnxTensor samples = OnnxTensor.createTensor(
                            environment, FloatBuffer.wrap(input), new long[] {1, input.length});
                    OnnxTensor before = OnnxTensor.createTensor(environment, FloatBuffer.wrap(state), STATE_SHAPE);
                    OnnxTensor hertz =
                            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[] {rate}), new long[] {});
                    OrtSession.Result result = session.run(Map.of("input", samples, "state", before, "sr", hertz))) {
                OnnxTensor after = (OnnxTensor) result.get("stateN").orElseThrow();
                after.getFloatBuffer().get(state);
                return ((OnnxTensor) result.get("output").orElseThrow())
                        .getFloatBuffer()
                        .get(0);
            } catch (OrtException e) {
                throw new IllegalStateException("speech cannot be detected: " + e.getMessage(), e);
            } finally {
                closing.readLock().unlock();
            }
        }
    }
}
