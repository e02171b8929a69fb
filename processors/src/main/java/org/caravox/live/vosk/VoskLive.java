package org.caravox.live.vosk;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import org.caravox.audio.ChannelSplit;
import org.caravox.audio.activity.SileroModel;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveTranscriber;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.transcription.Option;
import org.caravox.transcription.vosk.ChannelEar;
import org.caravox.transcription.vosk.VoskTranscriber;
import org.jspecify.annotations.Nullable;

/**
 * Speech-to-text inside the hub while somebody speaks: English, no key, no network. Streams share the decoders with
 * recordings and go first, as callers do; only as many are taken as the decoders keep up with.
 */
public final class VoskLive implements LiveTranscriber {

    /** Of a core's time a stream takes 12 to 15 %, and the hub needs some too. */
    private static final int STREAMS_A_DECODER = 5;

    private static final Duration BACK_IN = Duration.ofSeconds(5);

    private final VoskTranscriber vosk;
    private final SileroModel activity;
    private final int streams;
    private final Semaphore places;

    /**
     * @param streams  how many channels of audio may be heard at a time
     * @param activity tells pauses, for streams that ask for another than the recognizer's own
     */
    public VoskLive(VoskTranscriber vosk, int streams, SileroModel activity) {
        this.vosk = vosk;
        this.activity = activity;
        this.streams = streams;
        this.places = new Semaphore(streams);
    }

    /** How many channels of audio so many decoders keep up with. */
    public static int streams(int decoders) {
        return STREAMS_A_DECODER * decoders;
    }

    /** How many channels of audio may be taken now. */
    public int free() {
        return places.availablePermits();
    }

    @Override
    public String provider() {
        return VoskTranscriber.NAME;
    }

    @Override
    public Models models() {
        return vosk.models();
    }

    @Override
    public boolean needsCredential() {
        return false;
    }

    @Override
    public String language(LiveRequest request) {
        return "en";
    }

    @Override
    public Set<Option> honours() {
        return vosk.honours();
    }

    @Override
    public Optional<String> refuses(LiveRequest request) {
        return VoskTranscriber.refuses(request.language());
    }

    @Override
    public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop)
            throws IOException, InterruptedException {
        int channels = request.audio().channels();
        if (!places.tryAcquire(channels)) {
            throw new ProviderBusy(
                    VoskTranscriber.NAME,
                    Cause.NO_CAPACITY,
                    "all " + streams + " places for live streams are taken (caravox.vosk.streams)",
                    BACK_IN,
                    null);
        }
        List<ChannelEar> ears = new ArrayList<>();
        List<HeardChannel> heard = new ArrayList<>();
        try {
            for (int channel = 0; channel < channels; channel++) {
                ChannelEar one = vosk.newEar(channel);
                ears.add(one);
                heard.add(new HeardChannel(channel, one, endpointer(request.endpointing())));
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            letGo(ears, channels);
            throw e;
        }
        return new VoskLeg(
                request.audio(),
                new ChannelSplit(request.audio(), VoskTranscriber.SAMPLE_RATE_HZ),
                heard,
                vosk.decoders(),
                ear,
                loop,
                () -> letGo(ears, channels));
    }

    private @Nullable Endpointer endpointer(@Nullable Duration pause) {
        return pause == null ? null : new Endpointer(activity.detector(VoskTranscriber.SAMPLE_RATE_HZ), pause);
    }

    private void letGo(List<ChannelEar> ears, int channels) {
        ears.forEach(ChannelEar::close);
        places.release(channels);
    }
}
