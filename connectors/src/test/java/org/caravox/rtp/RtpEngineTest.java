package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.audio.G711;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.media.MediaListener;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.MediaWishes.Srtp;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RtpEngineTest {

    private static final MediaWishes PLAIN = new MediaWishes(List.of(), Srtp.ACCEPTED, null);
    private static final byte[] TONE_FRAME = Caller.bytes(Caller.tone(500, 8_000, 8_000, Duration.ofMillis(20)));

    private final Heard heard = new Heard();
    private RtpEngine engine = engine(21_000, 21_999);

    private static RtpEngine engine(int first, int last) {
        return new RtpEngine(new RtpSettings(
                "127.0.0.1",
                null,
                first,
                last,
                1,
                RtpSettings.CODECS,
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                true));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** What a leg tells. */
    private static final class Heard implements MediaListener {
        final List<byte[]> frames = new CopyOnWriteArrayList<>();
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void heard(byte[] pcm) {
            frames.add(pcm);
        }

        @Override
        public void digit(char digit, Duration length) {
            told.add(digit + " " + length.toMillis());
        }

        @Override
        public void reached(String mark, boolean heard) {
            told.add(mark + " " + heard);
        }

        @Override
        public void silent(Duration since) {
            told.add("silent");
        }

        /** Frames in which the tone is as loud as it was spoken: on a busy machine some are lost. */
        long toneFrames() {
            return frames.stream()
                    .mapToDouble(frame -> Caller.loudness(Caller.samples(frame), 0, 160, 500, 8_000))
                    .filter(loudness -> loudness > 7_600 && loudness < 8_400)
                    .count();
        }
    }

    private MediaLeg answered(Caller caller, Codec... codecs) throws Exception {
        MediaLeg leg = engine.open(PLAIN, heard);
        caller.callTo(leg.answer(caller.describes(Direction.SENDRECV, codecs)));
        settle(leg);
        return leg;
    }

    /** What was agreed is gone by on the leg's loop. */
    private static void settle(MediaLeg leg) throws Exception {
        leg.loop().submit(() -> {}).get(5, TimeUnit.SECONDS);
    }

    private static ScheduledFuture<?> speakEvery20Ms(MediaLeg leg, Caller caller, int payloadType, byte[] payload) {
        return leg.loop()
                .scheduleAtFixedRate(
                        () -> {
                            try {
                                caller.speak(payloadType, payload);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        0,
                        20,
                        TimeUnit.MILLISECONDS);
    }

    @Test
    void a_party_is_heard_in_mu_law_and_in_a_law() throws Exception {
        for (Codec codec : List.of(Caller.PCMU, Caller.PCMA)) {
            heard.frames.clear();
            try (Caller caller = new Caller(7)) {
                MediaLeg leg = answered(caller, codec);
                byte[] coded = codec.equals(Caller.PCMU) ? G711.toMuLaw(TONE_FRAME) : G711.toALaw(TONE_FRAME);
                ScheduledFuture<?> speaking = speakEvery20Ms(leg, caller, codec.payloadType(), coded);

                await().until(() -> heard.toneFrames() >= 20);

                speaking.cancel(false);
                assertThat(leg.sampleRateHz()).isEqualTo(8_000);
                assertThat(heard.frames).allMatch(frame -> frame.length == 320);
                leg.close();
            }
        }
    }

    @Test
    void a_party_hears_what_is_played_then_silence_and_is_told_of_by_its_mark() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU);
            leg.player().play(Caller.bytes(Caller.tone(500, 8_000, 8_000, Duration.ofMillis(300))));
            leg.player().mark("end");

            await().until(() -> heard.told.contains("end true"));
            List<byte[]> packets = new ArrayList<>();
            await().until(() -> packets.addAll(caller.received()) && packets.size() >= 20);

            assertThat(leg.player().heard()).isEqualTo(Duration.ofMillis(300));
            assertThat(leg.player().queued()).isZero();
            RtpPacket view = new RtpPacket();
            int before = -1;
            int timestamp = 0;
            int ssrc = 0;
            for (byte[] packet : packets) {
                assertThat(view.read(packet, packet.length)).isTrue();
                assertThat(view.payloadType()).isZero();
                assertThat(view.payloadLength()).isEqualTo(160);
                // A pause of this process makes a gap, which is marked.
                assertThat(view.marker()).isEqualTo(before < 0 || view.timestamp() - timestamp != 160);
                timestamp = view.timestamp();
                if (before >= 0) {
                    assertThat((view.sequence() - before) & 0xFFFF).isEqualTo(1);
                    assertThat(view.ssrc()).isEqualTo(ssrc);
                }
                before = view.sequence();
                ssrc = view.ssrc();
            }
        }
    }

    @Test
    void what_is_queued_is_thrown_away_at_once() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU);
            leg.player().play(Caller.bytes(Caller.tone(500, 8_000, 8_000, Duration.ofSeconds(10))));
            leg.player().mark("end");
            await().until(() -> leg.player().heard().toMillis() >= 100);

            leg.player().clear();

            Duration heardSoFar = leg.player().heard();
            await().until(() -> heard.told.contains("end false"));
            assertThat(leg.player().queued()).isZero();
            assertThat(leg.player().heard()).isEqualTo(heardSoFar).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void a_key_is_told_once_though_its_end_comes_three_times_or_never() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU, Caller.KEYS);
            caller.sendKey(5, 160, false);
            caller.sendKey(5, 320, false);
            for (int i = 0; i < 3; i++) {
                caller.sendKey(5, 800, true);
            }
            caller.timestamp += 1_600;
            caller.sendKey(11, 400, false);

            await().until(() -> heard.told.size() >= 2);

            assertThat(heard.told).containsExactly("5 100", "# 50");
            leg.close();
        }
    }

    @Test
    void keys_are_pressed_as_events_with_one_time_stamp_and_three_ends() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU, Caller.KEYS);

            leg.press("1#", Duration.ofMillis(100));

            List<byte[]> events = new ArrayList<>();
            await().until(() -> {
                caller.received().stream()
                        .filter(packet -> (packet[1] & 0x7F) == 101)
                        .forEach(events::add);
                return events.size() >= 14;
            });
            List<byte[]> first = events.subList(0, 7);
            assertThat(first.stream().map(packet -> RtpPacket.int32(packet, 4)).distinct())
                    .hasSize(1);
            assertThat(first.stream().map(packet -> (int) packet[12])).containsOnly(1);
            assertThat(first.stream().filter(packet -> (packet[13] & 0x80) != 0))
                    .hasSize(3);
            assertThat(RtpPacket.unsigned16(first.get(6), 14)).isEqualTo(800);
            assertThat(events.get(7)[12]).isEqualTo((byte) 11);
            leg.close();
        }
    }

    @Test
    void a_mark_behind_keys_is_reached_when_the_last_was_let_go() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU, Caller.KEYS);
            Instant begun = Instant.now();

            leg.press("1#", Duration.ofMillis(400));
            leg.player().mark("pressed");

            await().until(() -> heard.told.contains("pressed true"));
            assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofMillis(750));
            leg.close();
        }
    }

    @Test
    void a_party_without_events_hears_the_tones_of_a_key() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU);

            leg.press("5", Duration.ofMillis(200));

            List<byte[]> frames = new ArrayList<>();
            await().until(() -> {
                caller.received()
                        .forEach(packet -> frames.add(G711.fromMuLaw(Arrays.copyOfRange(packet, 12, packet.length))));
                return frames.size() >= 30;
            });
            short[] pcm = Caller.samples(frames.toArray(byte[][]::new));
            int from = 0;
            while (Math.abs(pcm[from]) < 1_000) {
                from++;
            }
            assertThat(Caller.loudness(pcm, from, 1_200, 770, 8_000)).isGreaterThan(6_000);
            assertThat(Caller.loudness(pcm, from, 1_200, 1_336, 8_000)).isGreaterThan(6_000);
            assertThat(Caller.loudness(pcm, from, 1_200, 941, 8_000)).isLessThan(500);
            leg.close();
        }
    }

    @Test
    void on_hold_nothing_is_sent_and_nobody_is_missed() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU);
            MediaDescription first = leg.offer(Direction.SENDRECV);

            MediaDescription held = leg.answer(caller.describes(Direction.INACTIVE, Caller.PCMU));
            settle(leg);
            caller.received();
            leg.player().play(TONE_FRAME);

            assertThat(held.direction()).isEqualTo(Direction.INACTIVE);
            assertThat(held.port()).isEqualTo(first.port());
            await().during(Duration.ofMillis(1_300))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> heard.told.isEmpty());
            assertThat(caller.received()).isEmpty();

            leg.answer(caller.describes(Direction.SENDRECV, Caller.PCMU));

            await().until(() -> leg.player().queued().isZero());
            assertThat(caller.received()).isNotEmpty();
            await().until(() -> heard.told.contains("silent"));
            leg.close();
        }
    }

    @Test
    void a_party_behind_nat_is_answered_where_it_comes_from_and_no_stranger_takes_over() throws Exception {
        try (Caller announced = new Caller(1);
                Caller real = new Caller(7);
                Caller stranger = new Caller(9)) {
            MediaLeg leg = engine.open(PLAIN, heard);
            MediaDescription answer = leg.answer(announced.describes(Direction.SENDRECV, Caller.PCMU));
            real.callTo(answer);
            stranger.callTo(answer);
            settle(leg);
            byte[] coded = G711.toMuLaw(TONE_FRAME);
            ScheduledFuture<?> speaking = speakEvery20Ms(leg, real, 0, coded);
            await().until(() -> !real.received().isEmpty());

            for (int i = 0; i < 20; i++) {
                stranger.speak(0, coded);
            }

            await().until(() -> leg.stats().refused() >= 20);
            speaking.cancel(false);
            assertThat(stranger.received()).isEmpty();
            leg.close();
        }
    }

    @Test
    void encrypted_audio_goes_both_ways_and_what_is_forged_is_refused() throws Exception {
        for (String suite : SrtpSession.SUITES) {
            heard.frames.clear();
            try (Caller caller = new Caller(7)) {
                SrtpKey theirs = new SrtpKey(3, suite, SrtpSession.newKey(suite));
                MediaLeg leg = engine.open(PLAIN, heard);
                MediaDescription answer = leg.answer(caller.describesSecure(theirs, Caller.PCMU));
                caller.callTo(answer);
                settle(leg);
                assertThat(answer.secure()).isTrue();
                assertThat(answer.keys()).hasSize(1);
                assertThat(answer.keys().get(0).tag()).isEqualTo(3);

                try (SrtpSession out = new SrtpSession(true, theirs);
                        SrtpSession in = new SrtpSession(false, answer.keys().get(0))) {
                    for (int i = 0; i < 20; i++) {
                        byte[] packet = Arrays.copyOf(caller.packet(0, G711.toMuLaw(TONE_FRAME)), 300);
                        int length = out.protect(packet, 172);
                        caller.send(Arrays.copyOf(packet, length));
                        packet[40] ^= 1;
                        caller.sequence++;
                        caller.timestamp += 160;
                        caller.send(Arrays.copyOf(packet, length));
                    }
                    await().until(() -> heard.toneFrames() >= 8);
                    await().until(() -> leg.stats().refused() >= 20);
                    assertThat(leg.stats().encrypted()).isTrue();

                    byte[] sent = caller.received().stream()
                            .filter(datagram -> !Rtcp.isRtcp(datagram, datagram.length))
                            .findFirst()
                            .orElseThrow();
                    byte[] packet = Arrays.copyOf(sent, 300);
                    assertThat(in.unprotect(packet, sent.length)).as(suite).isEqualTo(172);
                }
                leg.close();
            }
        }
    }

    @Test
    void encryption_that_is_demanded_or_turned_off_must_match() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaDescription plain = caller.describes(Direction.SENDRECV, Caller.PCMU);
            MediaLeg demanding = engine.open(new MediaWishes(List.of(), Srtp.REQUIRED, null), heard);
            MediaLeg without = engine.open(new MediaWishes(List.of(), Srtp.OFF, null), heard);
            String suite = SrtpSession.SUITES.get(0);
            MediaDescription secure =
                    caller.describesSecure(new SrtpKey(1, suite, SrtpSession.newKey(suite)), Caller.PCMU);

            assertThatThrownBy(() -> demanding.answer(plain)).isInstanceOf(NoCommonCodec.class);
            assertThatThrownBy(() -> without.answer(secure)).isInstanceOf(NoCommonCodec.class);
        }
    }

    @Test
    void when_every_port_is_taken_the_next_call_is_refused_and_a_closed_one_makes_room() {
        engine.close();
        engine = engine(22_000, 22_003);
        MediaLeg first = engine.open(PLAIN, heard);
        engine.open(PLAIN, heard);

        assertThatThrownBy(() -> engine.open(PLAIN, heard))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("22000 to 22003");
        first.close();

        await().until(() -> engine.open() == 1);
        assertThat(engine.open(PLAIN, heard)).isNotNull();
    }

    @Test
    void ten_thousand_random_datagrams_do_no_harm() throws Exception {
        try (Caller caller = new Caller(7)) {
            MediaLeg leg = answered(caller, Caller.PCMU, Codecs.offered("G722"), Codecs.offered("opus"), Caller.KEYS);
            Random random = new Random(4);
            for (int i = 0; i < 10_000; i++) {
                byte[] datagram = new byte[random.nextInt(400)];
                random.nextBytes(datagram);
                if (datagram.length > 2 && i % 2 == 0) {
                    datagram[0] = (byte) (0x80 | random.nextInt(64));
                    datagram[1] = (byte) (i % 4 == 0 ? random.nextInt(128) : 200 + random.nextInt(4));
                }
                caller.send(datagram);
                if (i % 100 == 0) {
                    settle(leg);
                }
            }
            settle(leg);

            try (Caller next = new Caller(8)) {
                heard.frames.clear();
                MediaLeg other = answered(next, Caller.PCMU);
                ScheduledFuture<?> speaking = speakEvery20Ms(other, next, 0, G711.toMuLaw(TONE_FRAME));
                await().until(() -> heard.toneFrames() >= 10);
                speaking.cancel(false);
            }
        }
    }

    @Test
    void two_parties_that_are_joined_hear_each_other_whatever_their_codecs() throws Exception {
        try (Caller one = new Caller(7);
                Caller other = new Caller(8)) {
            MediaLeg first = answered(one, Caller.PCMU);
            MediaLeg second = answered(other, Codecs.offered("G722"));
            first.join(second);
            ScheduledFuture<?> speaking = speakEvery20Ms(first, one, 0, G711.toMuLaw(TONE_FRAME));
            G722Voice decoder = new G722Voice();
            short[] decoded = new short[320];
            AtomicInteger loud = new AtomicInteger();

            await().until(() -> {
                for (byte[] packet : other.received()) {
                    decoder.decode(Arrays.copyOfRange(packet, 12, packet.length), 160, decoded);
                    if (Caller.loudness(decoded, 0, 320, 500, 16_000) > 6_000) {
                        loud.incrementAndGet();
                    }
                }
                return loud.get() >= 10;
            });

            first.part();
            speaking.cancel(false);
            assertThat(second.sampleRateHz()).isEqualTo(16_000);
        }
    }
}
