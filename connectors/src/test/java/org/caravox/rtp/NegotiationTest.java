package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.MediaWishes.Srtp;
import org.caravox.calls.media.NoCommonCodec;
import org.junit.jupiter.api.Test;

class NegotiationTest {

    private static final Codec OPUS = new Codec(96, "OPUS", 48_000, 2, "");

    private static Negotiation with(Srtp srtp, String... codecs) {
        return new Negotiation(new MediaWishes(List.of(codecs), srtp, null), RtpSettings.DEFAULT, "192.0.2.1", 20_000);
    }

    private static MediaDescription theirs(Direction direction, int ptimeMs, Codec... codecs) {
        return new MediaDescription(
                "192.0.2.9", 4_000, 4_001, false, List.of(codecs), direction, List.of(), ptimeMs, "1");
    }

    private static List<String> names(MediaDescription description) {
        return description.codecs().stream()
                .map(codec -> codec.payloadType() + " " + codec.name() + "/" + codec.clockRateHz())
                .toList();
    }

    @Test
    void our_order_decides_and_their_numbers_stay() throws Exception {
        Codec events = new Codec(97, "telephone-event", 8_000, 1, "0-16");
        Codec wideEvents = new Codec(98, "telephone-event", 48_000, 1, "0-16");

        Negotiation.Result result = with(Srtp.OFF, "opus", "PCMU")
                .answer(theirs(Direction.SENDRECV, 20, Caller.PCMU, OPUS, events, wideEvents));

        assertThat(names(result.answer())).containsExactly("96 OPUS/48000", "98 telephone-event/48000");
        assertThat(result.answer().codecs().get(0).parameters()).contains("useinbandfec=1");
        assertThat(result.answer().label()).isEqualTo("1");
        assertThat(result.agreed().sent().payloadType()).isEqualTo(96);
        assertThat(result.agreed().sentKeys().orElseThrow().payloadType()).isEqualTo(98);
    }

    @Test
    void everything_is_offered_with_keys_in_every_clock() {
        MediaDescription offer = with(Srtp.OFF).offer(Direction.SENDRECV);

        assertThat(names(offer))
                .containsExactly(
                        "0 PCMU/8000",
                        "8 PCMA/8000",
                        "9 G722/8000",
                        "111 opus/48000",
                        "101 telephone-event/8000",
                        "110 telephone-event/48000",
                        "13 CN/8000");
        assertThat(offer.port()).isEqualTo(20_000);
        assertThat(offer.rtcpPort()).isEqualTo(20_001);
    }

    @Test
    void an_answer_is_gone_by_in_their_order_with_their_numbers_out_and_ours_in() throws Exception {
        Negotiation negotiation = with(Srtp.OFF);
        negotiation.offer(Direction.SENDRECV);

        Agreed agreed = negotiation.accepted(theirs(Direction.SENDRECV, 30, OPUS, Caller.PCMA));

        assertThat(agreed.sent()).isEqualTo(OPUS);
        assertThat(agreed.packetMs()).isEqualTo(20);
        assertThat(agreed.received().stream().map(Codec::payloadType)).containsExactlyInAnyOrder(8, 8, 96, 111);
    }

    @Test
    void holding_is_mirrored_in_the_new_way_and_in_the_old() throws Exception {
        Negotiation negotiation = with(Srtp.OFF);
        MediaDescription old = new MediaDescription(
                "0.0.0.0", 4_000, 4_001, false, List.of(Caller.PCMU), Direction.SENDRECV, List.of(), 20, null);

        assertThat(negotiation
                        .answer(theirs(Direction.SENDONLY, 20, Caller.PCMU))
                        .answer()
                        .direction())
                .isEqualTo(Direction.RECVONLY);
        Negotiation.Result held = negotiation.answer(old);
        assertThat(held.answer().direction()).isEqualTo(Direction.RECVONLY);
        assertThat(held.agreed().weSend()).isFalse();

        negotiation.offer(Direction.SENDONLY);
        Agreed agreed = negotiation.accepted(theirs(Direction.RECVONLY, 20, Caller.PCMU));
        assertThat(agreed.weSend()).isTrue();
        assertThat(agreed.theySend()).isFalse();
    }

    @Test
    void packets_have_the_length_that_they_wish_within_bounds() throws Exception {
        for (int[] wishedAndGiven : new int[][] {{5, 10}, {10, 10}, {25, 20}, {40, 40}, {60, 60}, {200, 60}}) {
            assertThat(with(Srtp.OFF)
                            .answer(theirs(Direction.SENDRECV, wishedAndGiven[0], Caller.PCMU))
                            .agreed()
                            .packetMs())
                    .isEqualTo(wishedAndGiven[1]);
        }
    }

    @Test
    void our_key_stays_from_answer_to_answer_and_theirs_is_checked() throws Exception {
        String suite = SrtpSession.SUITES.get(1);
        SrtpKey key = new SrtpKey(5, suite, SrtpSession.newKey(suite) + "|2^31");
        SrtpKey short16 = new SrtpKey(1, suite, "AAAA");
        MediaDescription offer = new MediaDescription(
                "192.0.2.9",
                4_000,
                4_000,
                true,
                List.of(Caller.PCMU),
                Direction.SENDRECV,
                List.of(short16, key),
                20,
                null);
        Negotiation negotiation = with(Srtp.ACCEPTED);

        MediaDescription first = negotiation.answer(offer).answer();
        MediaDescription second = negotiation.answer(offer).answer();

        assertThat(first.secure()).isTrue();
        assertThat(first.rtcpPort()).isEqualTo(first.port());
        assertThat(first.keys()).isEqualTo(second.keys()).hasSize(1);
        assertThat(first.keys().get(0).tag()).isEqualTo(5);
        assertThat(first.toString()).doesNotContain(first.keys().get(0).inline());
    }

    @Test
    void what_cannot_be_used_is_named() {
        Codec g729 = new Codec(18, "G729", 8_000, 1, "");
        MediaDescription named = new MediaDescription(
                "example.org", 4_000, 4_001, false, List.of(Caller.PCMU), Direction.SENDRECV, List.of(), 20, null);

        assertThatThrownBy(() -> with(Srtp.OFF).answer(theirs(Direction.SENDRECV, 20, g729)))
                .isInstanceOf(NoCommonCodec.class)
                .hasMessageContaining("G729")
                .hasMessageContaining("PCMU");
        assertThatThrownBy(() -> with(Srtp.OFF).answer(named)).isInstanceOf(NoCommonCodec.class);
    }
}
