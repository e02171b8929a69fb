package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Packets on a network that never was, in time that does not pass. */
class JitterBufferTest {

    private static final long MS = 1_000_000L;
    private static final short[] TONE = Caller.tone(400, 8_000, 8_000, Duration.ofSeconds(30));

    private final JitterBuffer buffer = new JitterBuffer(8_000, Duration.ofMillis(20), Duration.ofMillis(200));
    private final Random random = new Random(1);
    private final List<Arrival> network = new ArrayList<>();
    private final List<Short> out = new ArrayList<>();
    private int packetMs = 20;
    private int arrived;
    private int played;
    private long kept;
    private long late;
    private long duplicates;

    private record Arrival(long atMs, long sequence, long timestamp) {}

    /** The network's delay of packet number i, in milliseconds; below zero it is lost. */
    private interface Network {
        long delayMs(int i);
    }

    private void send(int packets, Network delays) {
        for (int i = 0; i < packets; i++) {
            long delay = delays.delayMs(i);
            if (delay >= 0) {
                network.add(new Arrival((long) packetMs * i + delay, 1_000 + i, 160_000L + 8L * packetMs * i));
            }
        }
    }

    /** Lets packets arrive at their times, and takes a frame every 20 ms. */
    private void play(int frames) {
        network.sort(Comparator.comparingLong(Arrival::atMs));
        short[] frame = new short[160];
        for (int end = played + frames; played < end; played++) {
            long nowMs = 20L * played + 7;
            for (; arrived < network.size() && network.get(arrived).atMs <= nowMs; arrived++) {
                arrive(network.get(arrived));
            }
            buffer.frame(frame, nowMs * MS);
            for (short sample : frame) {
                out.add(sample);
            }
        }
    }

    private void arrive(Arrival arrival) {
        byte[] packet = new byte[12 + 8 * packetMs];
        RtpPacket.write(packet, false, 0, (int) arrival.sequence, (int) arrival.timestamp, 1);
        int from = (int) (arrival.timestamp - 160_000);
        short[] pcm = Arrays.copyOfRange(TONE, from, from + 8 * packetMs);
        G711Voice.MU_LAW.encode(pcm, pcm.length, packet, 12);
        RtpPacket view = new RtpPacket();
        assertThat(view.read(packet, packet.length)).isTrue();
        switch (buffer.speech(G711Voice.MU_LAW, 8_000, arrival.sequence, arrival.timestamp, view, arrival.atMs * MS)) {
            case KEPT -> kept++;
            case LATE -> late++;
            case DUPLICATE -> duplicates++;
        }
    }

    private double loudnessFrom(int frame, int frames) {
        short[] pcm = new short[out.size()];
        for (int i = 0; i < pcm.length; i++) {
            pcm[i] = out.get(i);
        }
        // Shortening shifts the phase: each frame for itself.
        double sum = 0;
        for (int i = frame; i < frame + frames; i++) {
            sum += Caller.loudness(pcm, 160 * i, 160, 400, 8_000);
        }
        return sum / frames;
    }

    @Test
    void an_even_stream_is_heard_whole_and_soon() {
        send(200, i -> 0);

        play(200);

        assertThat(kept).isEqualTo(200);
        assertThat(buffer.concealed()).isZero();
        assertThat(buffer.buffered()).isLessThanOrEqualTo(Duration.ofMillis(45));
        assertThat(loudnessFrom(5, 190)).isBetween(7_800.0, 8_200.0);
    }

    @Test
    void packets_that_overtake_each_other_are_put_in_order() {
        send(300, i -> i % 5 == 0 ? 25 : 0);

        play(300);

        assertThat(late).isLessThanOrEqualTo(3);
        assertThat(buffer.concealed()).isLessThanOrEqualTo(Duration.ofMillis(80));
        assertThat(loudnessFrom(50, 240)).isGreaterThan(7_700);
    }

    @Test
    void long_and_short_packets_are_heard_whole() {
        for (int length : new int[] {10, 30, 60, 120, 180}) {
            JitterBufferTest one = new JitterBufferTest();
            one.packetMs = length;
            one.send(6_000 / length, i -> 0);

            one.play(295);

            assertThat(one.buffer.concealed()).as(length + " ms").isZero();
            assertThat(one.loudnessFrom(15, 275)).as(length + " ms").isBetween(7_800.0, 8_200.0);
        }
    }

    @Test
    void packets_that_come_twice_are_heard_once() {
        send(100, i -> 0);
        send(100, i -> 3);

        play(100);

        assertThat(kept).isEqualTo(100);
        assertThat(duplicates).isEqualTo(100);
        assertThat(buffer.concealed()).isZero();
    }

    @Test
    void one_lost_packet_in_twenty_is_hardly_heard() {
        send(1_000, i -> random.nextInt(20) == 0 ? -1 : 0);

        play(1_000);

        long lost = 1_000 - kept;
        assertThat(buffer.concealed().toMillis()).isBetween(lost * 20 - 100, lost * 20 + 100);
        assertThat(loudnessFrom(5, 990)).isGreaterThan(7_600);
    }

    @Test
    void one_lost_packet_in_five_leaves_the_speech_in_its_time() {
        send(1_000, i -> random.nextInt(5) == 0 ? -1 : 0);

        play(1_000);

        assertThat(loudnessFrom(5, 990)).isGreaterThan(6_000);
        assertThat(buffer.buffered()).isLessThan(Duration.ofMillis(100));
        assertThat(late).isZero();
    }

    @Test
    void a_jitter_of_100_ms_is_waited_for_and_given_back_when_it_is_over() {
        send(1_500, i -> i < 750 ? random.nextInt(101) : 0);

        play(750);
        Duration waited = buffer.buffered();
        long lateThen = late;
        play(750);

        assertThat(waited).isBetween(Duration.ofMillis(70), Duration.ofMillis(160));
        assertThat(lateThen).isLessThan(60);
        assertThat(buffer.buffered()).isLessThan(Duration.ofMillis(60));
    }

    @Test
    void what_has_piled_up_in_a_pause_of_the_network_is_worked_off() {
        send(1_000, i -> i >= 100 && i < 125 ? 500 - 20L * (i - 100) : 0);

        play(130);
        assertThat(buffer.buffered()).isGreaterThan(Duration.ofMillis(20));
        play(870);

        assertThat(late).isLessThanOrEqualTo(25);
        assertThat(buffer.buffered()).isLessThan(Duration.ofMillis(80));
    }

    @Test
    void a_party_that_saves_its_packets_has_lost_none() {
        send(300, i -> i >= 100 && i < 200 ? -1 : 0);
        List<Arrival> resumed = network.stream()
                .map(arrival -> arrival.sequence < 1_200
                        ? arrival
                        : new Arrival(arrival.atMs, arrival.sequence - 100, arrival.timestamp))
                .toList();
        network.clear();
        network.addAll(resumed);

        play(300);

        assertThat(kept).isEqualTo(200);
        assertThat(buffer.concealed()).isLessThanOrEqualTo(Duration.ofMillis(120));
        assertThat(loudnessFrom(110, 80)).isLessThan(100);
        assertThat(loudnessFrom(205, 90)).isGreaterThan(7_700);
    }

    @Test
    void what_is_made_up_fades_to_silence() {
        send(100, i -> 0);

        play(110);

        assertThat(loudnessFrom(106, 4)).isZero();
    }
}
