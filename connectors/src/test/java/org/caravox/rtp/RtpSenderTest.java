package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.caravox.calls.media.Codec;
import org.junit.jupiter.api.Test;

class RtpSenderTest {

    private final byte[] packet = new byte[2_048];
    private final List<byte[]> sent = new ArrayList<>();
    private final short[] frame = new short[320];

    private RtpSender sender(Codec codec, int packetMs, boolean continuous) {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere", 9);
        Agreed agreed = new Agreed(
                codec,
                Optional.empty(),
                List.of(codec),
                nowhere,
                nowhere,
                true,
                true,
                packetMs,
                Optional.empty(),
                Optional.empty());
        return new RtpSender(
                Codecs.sampleRateHz(codec),
                continuous,
                5,
                packet,
                length -> sent.add(Arrays.copyOf(packet, length)),
                agreed);
    }

    @Test
    void packets_of_every_length_follow_each_other_without_a_gap() {
        for (int packetMs : new int[] {10, 20, 30, 40, 50, 60}) {
            sent.clear();
            RtpSender sender = sender(Caller.PCMU, packetMs, true);

            for (int i = 0; i < 30; i++) {
                sender.frame(frame, true);
            }

            assertThat(sent).hasSize(600 / packetMs).allMatch(bytes -> bytes.length == 12 + 8 * packetMs);
            for (int i = 1; i < sent.size(); i++) {
                assertThat(RtpPacket.int32(sent.get(i), 4) - RtpPacket.int32(sent.get(i - 1), 4))
                        .isEqualTo(8 * packetMs);
            }
        }
    }

    @Test
    void after_a_pause_time_has_gone_on_and_the_packet_is_marked() {
        RtpSender sender = sender(Caller.PCMU, 20, false);

        sender.frame(frame, true);
        sender.frame(frame, false);
        sender.frame(frame, false);
        sender.frame(frame, true);

        assertThat(sent).hasSize(2);
        assertThat(RtpPacket.int32(sent.get(1), 4) - RtpPacket.int32(sent.get(0), 4))
                .isEqualTo(480);
        assertThat(RtpPacket.unsigned16(sent.get(1), 2) - RtpPacket.unsigned16(sent.get(0), 2) & 0xFFFF)
                .isEqualTo(1);
        assertThat(sent.get(1)[1] & 0x80).isEqualTo(0x80);
    }

    @Test
    void g722_counts_8000_and_opus_48000_a_second() {
        RtpSender wide = sender(Codecs.offered("G722"), 20, true);
        wide.frame(frame, true);
        wide.frame(frame, true);
        assertThat(RtpPacket.int32(sent.get(1), 4) - RtpPacket.int32(sent.get(0), 4))
                .isEqualTo(160);
        assertThat(sent.get(0)).hasSize(12 + 160);

        sent.clear();
        RtpSender opus = sender(Codecs.offered("opus"), 20, true);
        opus.frame(frame, true);
        opus.frame(frame, true);
        assertThat(RtpPacket.int32(sent.get(1), 4) - RtpPacket.int32(sent.get(0), 4))
                .isEqualTo(960);
    }
}
