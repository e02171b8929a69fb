package org.caravox.rtp;

import io.netty.channel.nio.NioTask;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.caravox.calls.media.AudioQueue;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaStats;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.media.Player;
import org.caravox.calls.media.Tones;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One party's audio. What is agreed is guarded by the leg itself; all else belongs to its loop. */
final class RtpLeg implements MediaLeg {

    private static final Logger LOG = LoggerFactory.getLogger(RtpLeg.class);

    private static final int FRAME_MS = JitterBuffer.FRAME_MS;
    private static final int REPORT_FRAMES = 5_000 / FRAME_MS;
    private static final int STATS_FRAMES = 1_000 / FRAME_MS;
    private static final long LATE_NANOS = 10_000_000L;
    private static final long TOO_LATE_NANOS = 100_000_000L;
    private static final long BEHIND_NANOS = 20_000_000L;
    private static final int MOST_AT_ONCE = 128;

    private final RtpSettings settings;
    private final UdpPair ports;
    private final MediaLoop loop;
    private final MediaListener listener;
    private final Consumer<RtpLeg> whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Negotiation negotiation;
    private final AudioQueue queue;
    private volatile int sampleRateHz = 8_000;
    private @Nullable Agreed goneBy;
    private volatile MediaStats stats = LegCounts.NOTHING;
    private volatile @Nullable RtpLeg partner;

    private final int ssrc = ThreadLocalRandom.current().nextInt();
    private final short[] frame = new short[FRAME_MS * 16];
    private final RtpPacket view = new RtpPacket();
    private final Reception reception = new Reception();
    private final Latch latch = new Latch();
    private final KeyEvents keyEvents;
    private final Rtcp rtcp;
    private final LegCounts counts = new LegCounts();
    private final @Nullable Codec[] received = new Codec[128];
    private final @Nullable Voice[] voices = new Voice[128];

    private @Nullable Agreed agreed;
    private @Nullable RtpSender sender;
    private @Nullable JitterBuffer buffer;
    private @Nullable SrtpSession encryption;
    private @Nullable SrtpSession decryption;
    private volatile @Nullable SpeechRing fromPartner;
    private ResampledVoice.@Nullable RateChange toPartner;

    private boolean begun;
    private int theirSsrc;
    private long lastLifeNanos;
    private boolean toldSilent;
    private int frames;

    RtpLeg(
            RtpSettings settings,
            MediaWishes wishes,
            String address,
            UdpPair ports,
            MediaLoop loop,
            MediaListener listener,
            Consumer<RtpLeg> whenClosed) {
        this.settings = settings;
        this.ports = ports;
        this.loop = loop;
        this.listener = listener;
        this.whenClosed = whenClosed;
        negotiation = new Negotiation(wishes, settings, address, ports.port());
        queue = new AudioQueue(sampleRateHz, loop.thread(), listener);
        keyEvents = new KeyEvents(listener);
        rtcp = new Rtcp(ssrc, Integer.toHexString(ThreadLocalRandom.current().nextInt()) + "@caravox");
    }

    void start() {
        loop.assign(1);
        loop.thread().execute(() -> {
            listen(ports.rtp());
            listen(ports.rtcp());
            loop.add(this);
        });
    }

    private void listen(DatagramChannel channel) {
        loop.thread().register(channel, SelectionKey.OP_READ, new NioTask<SelectableChannel>() {
            @Override
            public void channelReady(SelectableChannel ready, SelectionKey key) {
                // Once: more is told again, after the others had their turn.
                try {
                    read(channel, 1);
                } catch (RuntimeException e) { // Netty would listen no more
                    counts.refused++;
                    LOG.warn("rtp.unreadable port={}", port(), e);
                }
            }

            @Override
            public void channelUnregistered(SelectableChannel gone, @Nullable Throwable cause) {}
        });
    }

    int port() {
        return ports.port();
    }

    @Override
    public ScheduledExecutorService loop() {
        return loop.thread();
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public synchronized MediaDescription offer(MediaDescription.Direction direction) {
        return negotiation.offer(direction);
    }

    @Override
    public synchronized MediaDescription answer(MediaDescription offer) throws NoCommonCodec {
        Negotiation.Result result = negotiation.answer(offer);
        goBy(result.agreed());
        return result.answer();
    }

    @Override
    public synchronized void accepted(MediaDescription answer) throws NoCommonCodec {
        goBy(negotiation.accepted(answer));
    }

    /** Whether it is the same key, whatever its tag: a session that goes on keeps its count of packets. */
    private static boolean isSame(Optional<SrtpKey> one, Optional<SrtpKey> other) {
        return one.map(key -> key.suite() + " " + key.inline())
                .equals(other.map(key -> key.suite() + " " + key.inline()));
    }

    private void goBy(Agreed next) {
        if (goneBy == null) {
            sampleRateHz = Codecs.sampleRateHz(next.sent());
            queue.sampleRateHz(sampleRateHz);
        }
        // Here and not on the loop: the first key takes a second to load what it needs.
        boolean newOurs = goneBy == null || !isSame(goneBy.ourKey(), next.ourKey());
        boolean newTheirs = goneBy == null || !isSame(goneBy.theirKey(), next.theirKey());
        SrtpSession ours = newOurs ? session(true, next.ourKey()) : null;
        SrtpSession theirs = newTheirs ? session(false, next.theirKey()) : null;
        goneBy = next;
        loop.thread().execute(() -> {
            if (newOurs) {
                close(encryption);
                encryption = ours;
            }
            if (newTheirs) {
                close(decryption);
                decryption = theirs;
            }
            apply(next);
        });
    }

    private static @Nullable SrtpSession session(boolean sender, Optional<SrtpKey> key) {
        return key.map(known -> new SrtpSession(sender, known)).orElse(null);
    }

    private static void close(@Nullable SrtpSession session) {
        if (session != null) {
            session.close();
        }
    }

    private void apply(Agreed next) {
        Arrays.fill(received, null);
        Arrays.fill(voices, null);
        next.received().forEach(codec -> received[codec.payloadType()] = codec);
        latch.announce(next.rtp());
        if (buffer == null) {
            buffer = new JitterBuffer(sampleRateHz, settings.leastBuffered(), settings.mostBuffered());
            fromPartner = new SpeechRing(sampleRateHz);
        }
        if (sender == null) {
            sender = new RtpSender(sampleRateHz, settings.continuousSilence(), ssrc, loop.packet, this::send, next);
        } else {
            sender.agree(next);
        }
        agreed = next;
        alive(System.nanoTime());
        stats = snapshot();
    }

    @Override
    public Player player() {
        return queue;
    }

    @Override
    public void press(String digits, Duration each) {
        String keys = digits.toUpperCase(Locale.ROOT).replace('W', 'w');
        if (!keys.chars().allMatch(key -> key == 'w' || Tones.isKey((char) key))) {
            throw Refusal.invalid("keys must be 0-9, *, #, A-D and w, which waits half a second");
        }
        if (each.toMillis() > 5_000) {
            throw Refusal.invalid("a key is pressed for 5 s at most, was " + each);
        }
        queue.press(keys, (int) each.toMillis());
    }

    @Override
    public void join(MediaLeg other) {
        if (!(other instanceof RtpLeg peer) || peer == this) {
            throw new IllegalArgumentException("only another leg of this engine can be joined");
        }
        part();
        peer.part();
        partner = peer;
        peer.partner = this;
    }

    @Override
    public void part() {
        RtpLeg peer = partner;
        partner = null;
        if (peer != null && peer.partner == this) {
            peer.partner = null;
        }
    }

    /** As of a second ago at most; as of now on the loop. */
    @Override
    public MediaStats stats() {
        return loop.thread().inEventLoop() ? snapshot() : stats;
    }

    private MediaStats snapshot() {
        RtpSender sending = sender;
        JitterBuffer buffering = buffer;
        if (sending == null || buffering == null) {
            return LegCounts.NOTHING;
        }
        return counts.stats(sending, reception, begun, buffering, rtcp, encryption != null);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        part();
        if (loop.thread().inEventLoop()) {
            end();
        } else {
            loop.thread().execute(this::end);
        }
    }

    private void end() {
        stats = snapshot();
        try {
            if (agreed != null) {
                report(true);
            }
        } catch (RuntimeException e) {
            LOG.warn("rtp.untold port={}", port(), e);
        }
        loop.remove(this);
        loop.assign(-1);
        ports.close();
        close(encryption);
        close(decryption);
        queue.clear();
        whenClosed.accept(this);
    }

    // What comes in

    private void read(DatagramChannel channel, int most) {
        try {
            for (int i = 0; i < most && !closed.get(); i++) {
                loop.direct.clear();
                InetSocketAddress from = (InetSocketAddress) channel.receive(loop.direct);
                if (from == null) {
                    return;
                }
                int length = loop.direct.flip().remaining();
                loop.direct.get(loop.packet, 0, length);
                received(length, from, System.nanoTime());
            }
        } catch (IOException e) {
            counts.refused++;
        }
    }

    /** A packet lies at the beginning of the loop's array. */
    private void received(int length, InetSocketAddress from, long now) {
        Agreed current = agreed;
        if (current == null) {
            return;
        }
        boolean good;
        try {
            good = Rtcp.isRtcp(loop.packet, length)
                    ? receivedReport(length, from, now)
                    : receivedAudio(current, length, from, now);
        } catch (GeneralSecurityException e) {
            good = false;
        }
        if (!good) {
            counts.refused++;
        }
    }

    private boolean receivedReport(int length, InetSocketAddress from, long now) throws GeneralSecurityException {
        InetSocketAddress theirs = latch.target();
        if (theirs == null || !theirs.getAddress().equals(from.getAddress())) {
            return false;
        }
        int plain = decryption == null ? length : decryption.unprotectReport(loop.packet, length);
        if (plain < 0 || !rtcp.received(loop.packet, plain, System.currentTimeMillis(), now)) {
            return false;
        }
        alive(now);
        return true;
    }

    private boolean receivedAudio(Agreed current, int length, InetSocketAddress from, long now)
            throws GeneralSecurityException {
        if (!view.read(loop.packet, length) || received[view.payloadType()] == null) {
            return false;
        }
        if (decryption != null) {
            int plain = decryption.unprotect(loop.packet, length);
            if (plain < 0 || !view.read(loop.packet, plain)) {
                return false;
            }
        }
        boolean same = begun && view.ssrc() == theirSsrc;
        boolean farOff = same && reception.isFarOff(view.sequence());
        if (!latch.accepts(from, same && !farOff, decryption != null, now)) {
            return false;
        }
        if (farOff && !reception.restarts(view.sequence())) {
            return false;
        }
        if (!same || farOff) {
            begin();
        }
        alive(now);
        take(current, now);
        return true;
    }

    private void begin() {
        counts.lostBefore += begun ? reception.lost() : 0;
        begun = true;
        theirSsrc = view.ssrc();
        reception.start(view.sequence(), view.timestamp());
        keyEvents.clear();
        if (buffer != null) {
            buffer.clear();
        }
    }

    private void alive(long now) {
        lastLifeNanos = now;
        toldSilent = false;
    }

    private void take(Agreed current, long now) {
        JitterBuffer buffering = buffer;
        Codec codec = received[view.payloadType()];
        if (buffering == null || codec == null) {
            return;
        }
        long sequence = reception.sequence(view.sequence());
        long timestamp = reception.timestamp(view.timestamp());
        int clock = codec.clockRateHz();
        boolean events = Codecs.isKeyEvents(codec);
        boolean noise = Codecs.isNoise(codec);
        JitterBuffer.Fate fate = events || noise
                ? buffering.pause(noise, clock, sequence, timestamp, view, now)
                : buffering.speech(voice(codec), clock, sequence, timestamp, view, now);
        counts.count(fate);
        if (fate == JitterBuffer.Fate.DUPLICATE) {
            return;
        }
        reception.count(sequence, timestamp, clock, now);
        if (events && current.theySend()) {
            keyEvents.received(view, clock, timestamp, now);
        }
    }

    private Voice voice(Codec codec) {
        Voice voice = voices[codec.payloadType()];
        if (voice == null) {
            voice = Codecs.voice(codec, sampleRateHz);
            voices[codec.payloadType()] = voice;
        }
        return voice;
    }

    // Every 20 ms

    /** It is time for the next 20 ms, both ways. */
    void tick(long dueNanos) {
        Agreed current = agreed;
        if (closed.get() || current == null) {
            return;
        }
        long now = System.nanoTime();
        if (now - dueNanos > BEHIND_NANOS) {
            read(ports.rtp(), MOST_AT_ONCE);
        }
        hear(current, now);
        say(current, dueNanos, now);
        keyEvents.tick(now);
        frames++;
        if (frames % STATS_FRAMES == 0) {
            watch(current, now);
            stats = snapshot();
        }
        if (frames % REPORT_FRAMES == 0) {
            report(false);
        }
    }

    private void hear(Agreed current, long now) {
        JitterBuffer buffering = buffer;
        if (!begun || !current.theySend() || toldSilent || buffering == null) {
            return;
        }
        int samples = FRAME_MS * sampleRateHz / 1_000;
        buffering.frame(frame, now);
        byte[] heard = Pcm.bytes(frame, samples);
        RtpLeg peer = partner;
        if (peer != null) {
            pass(peer, samples);
        }
        listener.heard(heard);
    }

    private void pass(RtpLeg peer, int samples) {
        SpeechRing ring = peer.fromPartner;
        if (ring == null) {
            return;
        }
        if (peer.sampleRateHz == sampleRateHz) {
            ring.write(frame, samples);
            return;
        }
        ResampledVoice.RateChange change = toPartner;
        if (change == null) {
            change = new ResampledVoice.RateChange(sampleRateHz, peer.sampleRateHz);
            toPartner = change;
        }
        ring.write(frame, change.change(frame, samples, frame));
    }

    private void say(Agreed current, long dueNanos, long now) {
        RtpSender sending = sender;
        if (sending == null || !current.weSend()) {
            return;
        }
        if (now - dueNanos > LATE_NANOS) {
            counts.lateSent++;
        }
        if (now - dueNanos > TOO_LATE_NANOS) {
            sending.skip();
            return;
        }
        if (!sending.isPressing()) {
            AudioQueue.Key key = queue.key();
            if (key != null) {
                sending.press(key);
            }
        }
        sayFrame(sending);
        if (!sending.isPressing()) {
            queue.tellReached();
        }
    }

    private void sayFrame(RtpSender sending) {
        int samples = FRAME_MS * sampleRateHz / 1_000;
        boolean talking = sending.isPressing();
        if (!talking) {
            talking = queue.take(frame, samples) > 0;
        } else if (!sending.pressing(frame)) {
            return;
        }
        SpeechRing ring = fromPartner;
        if (partner != null && ring != null) {
            talking |= ring.mixInto(frame, samples);
        }
        if (talking && listener.wantsSaid()) {
            listener.said(Pcm.bytes(frame, samples));
        }
        sending.frame(frame, talking);
    }

    private void watch(Agreed current, long now) {
        long since = now - lastLifeNanos;
        if (current.theySend() && !toldSilent && since > settings.silentAfter().toNanos()) {
            toldSilent = true;
            listener.silent(Duration.ofNanos(since));
        }
    }

    // What goes out

    /** The packet at the beginning of the loop's array. */
    private void send(int length) {
        InetSocketAddress target = latch.target();
        if (target == null) {
            return;
        }
        try {
            int secured = encryption == null ? length : encryption.protect(loop.packet, length);
            write(ports.rtp(), target, secured);
        } catch (IOException | GeneralSecurityException e) {
            counts.unsent++;
        }
    }

    private void write(DatagramChannel channel, InetSocketAddress target, int length) throws IOException {
        loop.direct.clear().put(loop.packet, 0, length).flip();
        channel.send(loop.direct, target);
    }

    private void report(boolean last) {
        Agreed current = agreed;
        RtpSender sending = sender;
        InetSocketAddress target = latch.target();
        if (current == null || sending == null || target == null) {
            return;
        }
        int length = rtcp.report(
                loop.packet,
                sending.packets(),
                sending.bytes(),
                sending.timestamp(),
                begun ? theirSsrc : 0,
                reception,
                System.currentTimeMillis(),
                System.nanoTime());
        length = last ? rtcp.bye(loop.packet, length) : length;
        boolean shared = current.rtcp().equals(current.rtp());
        try {
            int secured = encryption == null ? length : encryption.protectReport(loop.packet, length);
            write(shared ? ports.rtp() : ports.rtcp(), reportTarget(current, target), secured);
        } catch (IOException | GeneralSecurityException e) {
            counts.unsent++;
        }
    }

    private static InetSocketAddress reportTarget(Agreed current, InetSocketAddress target) {
        if (current.rtcp().equals(current.rtp())) {
            return target;
        }
        return target.getAddress().equals(current.rtp().getAddress())
                ? current.rtcp()
                : new InetSocketAddress(target.getAddress(), Math.min(65_535, target.getPort() + 1));
    }
}
