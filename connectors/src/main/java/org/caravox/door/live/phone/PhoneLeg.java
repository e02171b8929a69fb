package org.caravox.door.live.phone;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.caravox.audio.ChannelSplit;
import org.caravox.audio.RawAudio;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaStats;
import org.caravox.calls.media.Player;
import org.caravox.calls.media.Tones;
import org.caravox.requests.Refusal;

/** The audio of a call that a platform brings, in the form in which the platform sends it. */
final class PhoneLeg implements MediaLeg {

    private static final int FRAME_MS = PhoneSpeaker.FRAME_MS;
    private static final int WIDE_HZ = 16_000;
    private static final int NARROW_HZ = 8_000;
    private static final Duration PRESSED = Duration.ofMillis(100);
    private static final int LONGEST_KEY_MS = 5_000;
    private static final int BETWEEN_KEYS_MS = 60;
    private static final int WAIT_MS = 500;

    /** Of audio that loses nothing on its way, by the E-model; of the platform's own line nothing is known here. */
    private static final double MOS = 4.41;

    private final RawAudio form;
    private final ScheduledExecutorService loop;
    private final MediaListener listener;
    private final Duration silentAfter;
    private final int sampleRateHz;
    private final PhoneSpeaker speaker;
    private final ChannelSplit fromPlatform;
    private final byte[] frame;
    private final Future<?> ticking;
    private volatile boolean listening = true;
    private volatile boolean closed;
    private final AtomicLong received = new AtomicLong();
    private int filled;
    private long lastLifeNanos = System.nanoTime();
    private boolean toldSilent;

    /**
     * Opens it.
     *
     * @param form        of the platform's audio, both ways: one channel
     * @param loop        the one thread of the platform's connection
     * @param silentAfter how long nothing may come before the listener is told
     */
    PhoneLeg(
            RawAudio form,
            PhonePlayer platform,
            ScheduledExecutorService loop,
            MediaListener listener,
            Duration silentAfter) {
        this.form = form;
        this.loop = loop;
        this.listener = listener;
        this.silentAfter = silentAfter;
        this.sampleRateHz = form.sampleRateHz() < WIDE_HZ ? NARROW_HZ : WIDE_HZ;
        this.speaker = new PhoneSpeaker(form, sampleRateHz, platform, loop, listener, System::nanoTime);
        this.fromPlatform = new ChannelSplit(form, sampleRateHz);
        this.frame = new byte[2 * FRAME_MS * sampleRateHz / 1_000];
        this.ticking = loop.scheduleAtFixedRate(this::tick, FRAME_MS, FRAME_MS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        if (closed) {
            return;
        }
        speaker.tick();
        long since = System.nanoTime() - lastLifeNanos;
        if (!toldSilent && listening && since > silentAfter.toNanos()) {
            toldSilent = true;
            listener.silent(Duration.ofNanos(since));
        }
    }

    // ---- what the platform tells, on the loop ---------------------------------------------------------------------

    void hears(byte[] audio) {
        lastLifeNanos = System.nanoTime();
        toldSilent = false;
        received.incrementAndGet();
        byte[] pcm = fromPlatform.split(audio)[0];
        for (int at = 0; at < pcm.length && !closed; ) {
            int count = Math.min(frame.length - filled, pcm.length - at);
            System.arraycopy(pcm, at, frame, filled, count);
            at += count;
            filled += count;
            if (filled == frame.length) {
                filled = 0;
                heard(frame.clone());
            }
        }
    }

    private void heard(byte[] pcm) {
        if (listening) {
            listener.heard(pcm);
        }
    }

    void presses(char digit) {
        if (!closed) {
            listener.digit(digit, PRESSED);
        }
    }

    void played(String mark) {
        if (!closed) {
            speaker.played(mark);
        }
    }

    // ---- what calls ask of it -------------------------------------------------------------------------------------

    @Override
    public ScheduledExecutorService loop() {
        return loop;
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /** A platform knows no offers: this one says what goes on anyway. */
    @Override
    public MediaDescription offer(Direction direction) {
        return new MediaDescription("", 0, 0, false, List.of(codec()), direction, List.of(), FRAME_MS, null);
    }

    @Override
    public MediaDescription answer(MediaDescription offer) {
        return offer(offer.direction().mirrored());
    }

    /** On hold nothing is heard of the caller. */
    @Override
    public void accepted(MediaDescription answer) {
        listening = answer.direction().sends();
    }

    private Codec codec() {
        return switch (form.encoding()) {
            case MULAW -> new Codec(0, "PCMU", form.sampleRateHz(), 1, "");
            case ALAW -> new Codec(8, "PCMA", form.sampleRateHz(), 1, "");
            case LINEAR16 -> new Codec(96, "L16", form.sampleRateHz(), 1, "");
        };
    }

    @Override
    public Player player() {
        return speaker;
    }

    /** As tones in the audio: platforms take no keys. */
    @Override
    public void press(String digits, Duration each) {
        String keys = digits.toUpperCase(Locale.ROOT).replace('W', 'w');
        if (!keys.chars().allMatch(key -> key == 'w' || Tones.isKey((char) key))) {
            throw Refusal.invalid("keys must be 0-9, *, #, A-D and w, which waits half a second");
        }
        if (each.toMillis() > LONGEST_KEY_MS) {
            throw Refusal.invalid("a key is pressed for 5 s at most, was " + each);
        }
        keys.chars().forEach(key -> speaker.play(tone((char) key, (int) each.toMillis())));
    }

    private byte[] tone(char key, int lengthMs) {
        int perMs = sampleRateHz / 1_000;
        if (key == 'w') {
            return new byte[2 * WAIT_MS * perMs];
        }
        short[] tone = new short[lengthMs * perMs];
        Tones.fill(key, sampleRateHz, 0, tone, tone.length);
        byte[] pcm = new byte[2 * (lengthMs + BETWEEN_KEYS_MS) * perMs];
        IntStream.range(0, tone.length).forEach(i -> {
            pcm[2 * i] = (byte) tone[i];
            pcm[2 * i + 1] = (byte) (tone[i] >> 8);
        });
        return pcm;
    }

    @Override
    public void join(MediaLeg other) {
        throw new IllegalArgumentException("the audio of a platform's call is no other engine's");
    }

    @Override
    public void part() {
        // it is never joined
    }

    @Override
    public MediaStats stats() {
        return new MediaStats(
                codec().name(),
                false,
                speaker.frames(),
                received.get(),
                0,
                0,
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                MOS);
    }

    @Override
    public void close() {
        closed = true;
        ticking.cancel(false);
    }
}
