package org.caravox.transcription.vosk;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.caravox.audio.Decoder;
import org.caravox.audio.PcmStream;
import org.caravox.audio.Recording;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Option;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.transcription.Utterance;
import org.jspecify.annotations.Nullable;
import org.vosk.Model;

/** Speech-to-text inside the hub: English, no key, no network. */
public final class VoskTranscriber implements Transcriber, AutoCloseable {

    /** The provider's name. */
    public static final String NAME = "vosk";

    /** The one model that comes with the hub. */
    public static final String MODEL = "vosk-model-en-0.3.45";

    /** The model was trained at 16 kHz; it hears nothing at 8. */
    public static final int SAMPLE_RATE_HZ = 16_000;

    private static final int SLICE_BYTES = 2 * SAMPLE_RATE_HZ;
    private static final String LANGUAGE = "en";

    private final VoskSettings settings;
    private final Decoder decoder;
    private final FutureTask<Model> model;
    private final DecoderPool decoders;
    private final Semaphore callers;

    /** Begins to load the model, which takes about a second; {@link #awaitModel()} waits for it. */
    public VoskTranscriber(VoskSettings settings, Decoder decoder) {
        this.settings = settings;
        this.decoder = decoder;
        this.model = new FutureTask<>(() -> VoskModel.load(settings));
        this.decoders = new DecoderPool(settings.decoders());
        this.callers = new Semaphore(settings.callers(), true);
        Thread loader = new Thread(model, "vosk-model");
        loader.setDaemon(true);
        loader.start();
    }

    /**
     * Waits until the model is loaded.
     *
     * @throws IOException when it cannot be
     */
    public void awaitModel() throws IOException, InterruptedException {
        done(model);
    }

    /** The threads that compute. */
    public DecoderPool decoders() {
        return decoders;
    }

    /**
     * Makes a recognizer for one channel of audio at {@link #SAMPLE_RATE_HZ}; whoever has it closes it.
     *
     * @throws IOException when the model cannot be loaded
     */
    public ChannelEar newEar(int channel) throws IOException, InterruptedException {
        return new ChannelEar(done(model), SAMPLE_RATE_HZ, channel);
    }

    @Override
    public String provider() {
        return NAME;
    }

    @Override
    public Models models() {
        return Models.of(MODEL);
    }

    @Override
    public boolean needsCredential() {
        return false;
    }

    @Override
    public Set<Option> honours() {
        return Set.of(Option.MULTICHANNEL, Option.UTTERANCES);
    }

    @Override
    public Optional<String> refuses(TranscriptionRequest request) {
        return refuses(request.language());
    }

    /** Why a language cannot be asked for; empty when it can. */
    public static Optional<String> refuses(@Nullable String language) {
        return language == null || language.toLowerCase(Locale.ROOT).matches("en([-_][a-z]{2})?")
                ? Optional.empty()
                : Optional.of("language \"" + language + "\" is not spoken by provider vosk: use en");
    }

    @Override
    public Heard transcribe(TranscriptionRequest request, RecordingSource source, Listening listening, Attempt attempt)
            throws IOException, InterruptedException {
        Recording recording = source.recording();
        if (listening.mode() != Mode.SYNC) {
            return listen(recording, listening);
        }
        Duration wait = attempt.last()
                ? shorter(settings.patience(), listening.deadline().left())
                : Duration.ZERO;
        if (!callers.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new ProviderBusy(
                    NAME,
                    Cause.NO_CAPACITY,
                    "all " + settings.callers() + " places are taken",
                    settings.patience(),
                    null);
        }
        try {
            return listen(recording, listening);
        } finally {
            callers.release();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Heard listen(Recording recording, Listening listening) throws IOException, InterruptedException {
        List<ChannelEar> ears = new ArrayList<>();
        try (PcmStream pcm = decoder.decode(recording, SAMPLE_RATE_HZ, listening.deadline())) {
            for (int channel = 0; channel < pcm.channels(); channel++) {
                ears.add(newEar(channel));
            }
            hearAll(pcm, ears, listening);
            List<Utterance> utterances = new ArrayList<>();
            for (ChannelEar ear : ears) {
                utterances.addAll(done(decoders.submit(listening.mode(), ear::end)));
            }
            return new Heard(NAME, MODEL, LANGUAGE, pcm.position(), pcm.channels(), utterances);
        } finally {
            ears.forEach(ChannelEar::close);
        }
    }

    private void hearAll(PcmStream pcm, List<ChannelEar> ears, Listening listening)
            throws IOException, InterruptedException {
        byte[] interleaved = new byte[SLICE_BYTES * ears.size()];
        byte[][] channels = new byte[ears.size()][ears.size() == 1 ? 0 : SLICE_BYTES];
        for (int count = pcm.read(interleaved); count > 0; count = pcm.read(interleaved)) {
            if (listening.patience().hangUp().hungUp()) {
                throw new Refusal(Refusal.Reason.CALLER_GONE, "the caller hung up");
            }
            if (listening.deadline().passed()) {
                throw new Refusal(
                        Refusal.Reason.TOO_SLOW,
                        "the transcript was not ready in time: "
                                + pcm.position().toSeconds() + " s were heard"
                                + (listening.mode() == Mode.SYNC ? "; send it with mode=async" : ""));
            }
            hearSlice(interleaved, count, channels, ears, listening.mode());
            listening.progress().accept(pcm.position());
        }
    }

    private void hearSlice(byte[] interleaved, int count, byte[][] channels, List<ChannelEar> ears, Mode mode)
            throws IOException, InterruptedException {
        List<Future<?>> slices = new ArrayList<>(ears.size());
        int bytesEach = count / ears.size();
        for (int channel = 0; channel < ears.size(); channel++) {
            ChannelEar ear = ears.get(channel);
            byte[] own =
                    ears.size() == 1 ? interleaved : pick(channel, ears.size(), interleaved, count, channels[channel]);
            slices.add(decoders.submit(mode, () -> {
                ear.hear(own, bytesEach);
                return ear;
            }));
        }
        for (Future<?> slice : slices) {
            done(slice);
        }
    }

    private static byte[] pick(int channel, int of, byte[] interleaved, int count, byte[] into) {
        int at = 0;
        for (int frame = 2 * channel; frame < count; frame += 2 * of) {
            into[at++] = interleaved[frame];
            into[at++] = interleaved[frame + 1];
        }
        return into;
    }

    private static <T> T done(Future<T> slice) throws IOException, InterruptedException {
        try {
            return slice.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new ProviderBusy(NAME, Cause.SERVER_ERROR, "the recognizer failed", null, e);
        }
    }

    @Override
    public void close() {
        decoders.close();
    }
}
