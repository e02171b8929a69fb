package org.caravox.speech.mary;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioInputStream;
import marytts.LocalMaryInterface;
import marytts.exceptions.MaryConfigurationException;
import marytts.exceptions.SynthesisException;
import marytts.util.data.audio.AudioDoubleDataSource;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded voice: MaryTTS with its voice cmu-slt-hsmm, American English, female. It costs nothing until
 * {@link #start} or the first {@link #say}; then it loads in the background, which takes seconds and some 200 MB. May
 * be used by many threads; at most {@code threads} sentences are synthesised at a time.
 */
public final class MaryEngine implements AutoCloseable {

    /** Of the voice. What comes out is one channel of signed 16-bit little-endian PCM at this rate. */
    public static final int SAMPLE_RATE_HZ = 48_000;

    /** The one voice. */
    public static final String VOICE = "cmu-slt-hsmm";

    private static final Logger log = LoggerFactory.getLogger(MaryEngine.class);

    /** Some 20 s of speech: what is synthesised in one piece, and what a hang-up in the middle still costs. */
    private static final int MOST_CHARACTERS = 300;

    /** MaryTTS is one per process and keeps no lock while it starts. */
    private static final Object LOADING = new Object();

    private final CompletableFuture<Loaded> loaded = new CompletableFuture<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final ThreadPoolExecutor synthesisers;

    private record Loaded(LocalMaryInterface mary, SpellOut spellOut) {}

    /** @param threads how many sentences are synthesised at a time, at least 1: more than cores gains nothing */
    public MaryEngine(int threads) {
        AtomicInteger number = new AtomicInteger();
        synthesisers = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "mary-" + number.incrementAndGet()));
        synthesisers.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to load the voice, if that was not done yet, in a thread of its own. */
    public void start() {
        if (started.compareAndSet(false, true)) {
            daemon(this::load, "mary-loader").start();
        }
    }

    /** Done when the voice can speak; fails if it never will. Never done without {@link #start}. */
    public CompletableFuture<Void> ready() {
        return loaded.thenRun(() -> {});
    }

    private void load() {
        try {
            long began = System.nanoTime();
            synchronized (LOADING) {
                LocalMaryInterface mary = new LocalMaryInterface();
                mary.setVoice(VOICE);
                loaded.complete(new Loaded(mary, new SpellOut()));
            }
            log.info("mary.loaded milliseconds={}", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        } catch (MaryConfigurationException | RuntimeException | LinkageError e) {
            log.error("mary.broken", e);
            loaded.completeExceptionally(e);
        }
    }

    /**
     * Speaks a text, sentence by sentence. Waits for the voice to be loaded, not for any sound.
     *
     * @param text     English, plain: markup is read or left out, not obeyed
     * @param deadline for the last sentence
     * @throws Refusal     INVALID when there is nothing in it that can be said; TOO_SLOW when the voice was not loaded
     *     in time
     * @throws IOException when the voice cannot be loaded
     */
    public SpokenSentences say(String text, Deadline deadline) throws IOException, InterruptedException {
        start();
        Loaded ready = SpokenSentences.await(loaded, deadline, "the embedded voice was not loaded in time");
        List<String> sentences = new Sentences(Locale.ENGLISH, MOST_CHARACTERS)
                .of(ready.spellOut().say(text));
        return new SpokenSentences(sentences, sentence -> synthesise(ready.mary(), sentence), synthesisers, deadline);
    }

    private static byte[] synthesise(LocalMaryInterface mary, String sentence) throws IOException {
        try (AudioInputStream audio = mary.generateAudio(sentence)) {
            return pcm(new AudioDoubleDataSource(audio).getAllData());
        } catch (SynthesisException | RuntimeException e) {
            throw new IOException("the embedded voice failed on \"" + sentence + "\"", e);
        }
    }

    private static byte[] pcm(double[] samples) {
        byte[] pcm = new byte[2 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            long sample = Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(samples[i] * 32_768)));
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        return pcm;
    }

    /** Ends what is being spoken. */
    @Override
    public void close() {
        for (Runnable waiting : synthesisers.shutdownNow()) {
            if (waiting instanceof Future<?> sentence) {
                sentence.cancel(false);
            }
        }
    }
}
