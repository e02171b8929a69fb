package org.caravox.sip.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.caravox.calls.signalling.SessionDescription;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // line ends are what is tested
class SdpTest {

    private static final String HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    private static MediaDescription first(String text) throws Sdp.Unreadable {
        return Sdp.read(text, null).description().first().orElseThrow();
    }

    @Test
    void what_a_softphone_offers_is_understood() throws Exception {
        MediaDescription media = first(HEAD
                + "a=sendonly\r\nm=audio 49170 RTP/SAVP 0 8 111 101 200 0\r\nc=IN IP6 2001:db8::1\r\n"
                + "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1;minptime=10\r\n"
                + "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
                + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20\r\n"
                + "a=ptime:30\r\na=label:7\r\na=rtcp:49175\r\n");

        assertThat(media.codecs())
                .containsExactly(
                        new Codec(0, "PCMU", 8000, 1, ""),
                        new Codec(8, "PCMA", 8000, 1, ""),
                        new Codec(111, "opus", 48000, 2, "useinbandfec=1;minptime=10"),
                        new Codec(101, "telephone-event", 8000, 1, "0-16"));
        assertThat(media.address()).isEqualTo("2001:db8::1");
        assertThat(media.port()).isEqualTo(49170);
        assertThat(media.rtcpPort()).isEqualTo(49175);
        assertThat(media.secure()).isTrue();
        assertThat(media.direction()).isEqualTo(Direction.SENDONLY);
        assertThat(media.keys()).containsExactly(new SrtpKey(1, "AES_CM_128_HMAC_SHA1_80", "c2VjcmV0|2^20"));
        assertThat(media.ptimeMs()).isEqualTo(30);
        assertThat(media.label()).isEqualTo("7");
    }

    @Test
    void bare_line_ends_odd_attributes_and_a_missing_time_are_tolerated() throws Exception {
        MediaDescription media = first("v=0\no=x\ns=\nc=IN IP4 192.0.2.1\nm=audio 4000/2 RTP/AVP 0\na=\na=fmtp:x\n"
                + "a=rtpmap:0\na=ptime:none\na=rtcp-mux\nzzz\n");

        assertThat(media.codecs()).extracting(Codec::name).containsExactly("PCMU");
        assertThat(media.rtcpPort()).isEqualTo(4000);
        assertThat(media.ptimeMs()).isEqualTo(20);
    }

    @Test
    void what_is_no_session_says_why() {
        for (String text : List.of("", "hello", HEAD + "m=audio\r\n", HEAD + "m=audio x RTP/AVP 0\r\n")) {
            assertThatThrownBy(() -> Sdp.read(text, null)).isInstanceOf(Sdp.Unreadable.class);
        }
        assertThatThrownBy(() -> Sdp.read(HEAD + "m=audio 1 RTP/AVP 0\r\n".repeat(40), null))
                .hasMessageContaining("32");
    }

    @Test
    void what_is_written_is_read_the_same() throws Exception {
        var media = new MediaDescription(
                "192.0.2.7",
                22000,
                22001,
                true,
                List.of(Heard.PCMU, new Codec(101, "telephone-event", 8000, 1, "0-16")),
                Direction.RECVONLY,
                List.of(new SrtpKey(2, "AES_CM_128_HMAC_SHA1_32", "YWJj")),
                20,
                "1");

        String written = new SdpWriter().offer(SessionDescription.of(media));

        assertThat(first(written)).isEqualTo(media);
    }

    @Test
    void an_answer_has_a_line_for_each_that_was_offered() throws Exception {
        Sdp offer = Sdp.read(
                HEAD + "m=video 5000 RTP/AVP 99 98\r\nm=audio 4000 RTP/AVPF 0\r\nm=image 0 udptl t38\r\n", null);

        String answer = new SdpWriter().answer(Heard.audio(22000), offer.lines());

        assertThat(answer.lines().filter(line -> line.startsWith("m=")))
                .containsExactly("m=video 0 RTP/AVP 99 98", "m=audio 22000 RTP/AVPF 0", "m=image 0 udptl t38");
        assertThat(offer.description().refused()).containsExactly(0, 2);
    }

    @Test
    void the_version_counts_up_only_when_something_changes() {
        var writer = new SdpWriter();
        String one = origin(writer.offer(Heard.audio(22000)));
        String same = origin(writer.offer(Heard.audio(22000)));
        String other = origin(writer.offer(Heard.audio(22000, Direction.SENDONLY)));

        assertThat(same).isEqualTo(one);
        assertThat(other).isNotEqualTo(one);
        assertThat(writer.last()).contains(other, "a=sendonly");
    }

    private static String origin(String sdp) {
        return sdp.lines().filter(line -> line.startsWith("o=")).findFirst().orElseThrow();
    }

    @Test
    void digests_are_those_of_the_standard() {
        // RFC 7616, section 3.9.1
        String counted = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:"
                + "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth";
        assertThat(Digest.sum(
                        "MD5", "Mufasa", "http-auth@example.org", "Circle of Life", counted, "GET", "/dir/index.html"))
                .isEqualTo("8ca523f5e9506fed4657c9700eebdbec");
        assertThat(Digest.sum(
                        "SHA-256",
                        "Mufasa",
                        "http-auth@example.org",
                        "Circle of Life",
                        counted,
                        "GET",
                        "/dir/index.html"))
                .isEqualTo("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }

    @Test
    void keys_are_read_in_both_forms() {
        assertThat(Keys.read("application/dtmf-relay", "Signal= 5\r\nDuration=100\r\n"))
                .contains(new Keys('5', Duration.ofMillis(100)));
        assertThat(Keys.read("application/dtmf", "11")).contains(new Keys('#', Duration.ofMillis(160)));
        assertThat(Keys.read("application/dtmf-relay", "Signal=x")).isEmpty();
        assertThat(Keys.read("text/plain", "5")).isEmpty();
    }
}
