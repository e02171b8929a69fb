package org.caravox.sip.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.caravox.calls.signalling.Dial;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes in as no well-behaved stack would send it. */
@SuppressWarnings("StringConcatToTextBlock") // messages have line ends of their own
class SipStrangersTest {

    private static final Duration QUIET = Duration.ofMillis(400);

    private final Stacks stacks = new Stacks();
    private final List<Heard> rung = Stacks.nobody();

    @AfterEach
    void close() {
        stacks.close();
    }

    private int answering() {
        return stacks.startAnswering(rung, leg -> leg.answer(Heard.audio(22000)));
    }

    private double rejected(String why) {
        return stacks.registry.counter("caravox.sip.rejected", "why", why).count();
    }

    private static SipSettings guarded(int port, SipSettings.Guard guard, Trunk... trunks) {
        return new SipSettings(
                SipSettings.Listening.plain("127.0.0.1", port),
                List.of(trunks),
                SipSettings.Sessions.defaults(),
                guard,
                100,
                "Caravox");
    }

    private static SipSettings.Guard guard(boolean drop, int burst) {
        SipSettings.Guard usual = SipSettings.Guard.defaults();
        return new SipSettings.Guard(drop, usual.scanners(), 1, burst, 3, Duration.ofMinutes(1), Duration.ofMillis(10));
    }

    private static Trunk far() {
        return Trunk.open("far", List.of(), "udp", List.of("203.0.113.0/24"));
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS, '', 200",
        "MESSAGE, '', 405",
        "REGISTER, '', 405",
        "SUBSCRIBE, 'Event: presence', 489",
        "PUBLISH, 'Event: presence', 489",
        "DANCE, '', 501",
        "BYE, '', 481",
        "INVITE, 'Require: nothing-known', 420",
        "INVITE, 'Max-Forwards: 0', 483",
        "INVITE, 'Session-Expires: 10', 200",
        "INVITE, 'Supported: timer|Session-Expires: 10', 422",
        "INVITE, 'Replaces: nobody;to-tag=1;from-tag=2', 481",
    })
    void requests_that_need_no_call_are_answered_by_their_status(String method, String more, int status)
            throws IOException {
        try (var peer = new RawPeer(answering())) {
            String headers = more.isEmpty() ? "" : more.replace("|", "\r\n") + "\r\n";
            peer.send(peer.request(method, headers, method.equals("INVITE") ? RawPeer.sdp(21000) : ""));

            assertThat(peer.status()).startsWith("SIP/2.0 " + status);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "nonsense ! 400",
                "v=0|o=- 1 1 IN IP4 h|s=-|t=0 0|m=audio 99999 RTP/AVP 0 ! 400",
                "v=0|o=- 1 1 IN IP4 h|s=-|t=0 0|m=audio 4000 RTP/AVP 0 ! 400",
                "v=0|m=audio ! 400",
                "v=0|o=- 1 1 IN IP4 h|s=-|c=IN IP4 127.0.0.1|t=0 0|m=video 4000 RTP/AVP 99 ! 488",
                "v=0|o=- 1 1 IN IP4 h|s=-|c=IN IP4 127.0.0.1|t=0 0 ! 488",
            })
    void a_session_that_cannot_be_is_refused_with_a_warning(String sdp, int status) throws IOException {
        try (var peer = new RawPeer(answering())) {
            peer.send(peer.request("INVITE", "", sdp.replace("|", "\r\n") + "\r\n"));

            String answer = peer.await("SIP/2.0 " + status);

            assertThat(RawPeer.header(answer, "Warning")).isNotEmpty();
            assertThat(rung).isEmpty();
        }
    }

    @Test
    void a_call_without_an_offer_is_answered_by_one_and_their_ack_brings_the_answer() throws IOException {
        try (var peer = new RawPeer(answering())) {
            peer.send(peer.request("INVITE", "", ""));
            String ok = peer.await("200");
            peer.send(peer.inDialog("ACK", 1, ok, "", RawPeer.sdp(21500)));

            assertThat(ok).contains("m=audio 22000 RTP/AVP 0");
            await().until(() -> rung.get(0).events.contains("confirmed"));
            assertThat(rung.get(0).events).containsExactly("answered", "confirmed");
            assertThat(rung.get(0).descriptions.get(0).first().orElseThrow().port())
                    .isEqualTo(21500);
        }
    }

    @Test
    void an_offer_within_the_call_may_be_missing_too() throws IOException {
        try (var peer = new RawPeer(answering())) {
            peer.send(peer.request("INVITE", "", RawPeer.sdp(21000)));
            String ok = peer.await("200");
            peer.send(peer.inDialog("ACK", 1, ok, "", ""));
            peer.send(peer.inDialog("INVITE", 2, ok, "", ""));
            String again = peer.await("200");
            peer.send(peer.inDialog("ACK", 2, again, "", RawPeer.sdp(21500)));

            await().until(() -> rung.get(0).events.contains("answered"));
            assertThat(rung.get(0).events).containsExactly("confirmed", "asked", "answered");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INFO, 'Content-Type: application/dtmf-relay', 'Signal=5|Duration=240', 200",
        "INFO, 'Content-Type: application/dtmf', '11', 200",
        "INFO, 'Content-Type: application/xml', '<a/>', 415",
        "OPTIONS, '', '', 200",
        "UPDATE, '', '', 200",
        "REFER, '', '', 400",
        "NOTIFY, 'Event: presence|Subscription-State: active', '', 489",
        "NOTIFY, 'Event: presence', '', 400",
        "MESSAGE, '', '', 405",
        "DANCE, '', '', 501",
        "PRACK, 'RAck: 1 1 INVITE', '', 481",
        "BYE, '', '', 200",
    })
    void requests_within_a_call_are_answered_by_their_status(String method, String more, String body, int status)
            throws IOException {
        try (var peer = new RawPeer(answering())) {
            peer.send(peer.request("INVITE", "", RawPeer.sdp(21000)));
            String ok = peer.await("200");
            peer.send(peer.inDialog("ACK", 1, ok, "", ""));
            peer.send(peer.inDialog(
                    method,
                    2,
                    ok,
                    more.isEmpty() ? "" : more.replace("|", "\r\n") + "\r\n",
                    body.replace("|", "\r\n")));

            String answer = peer.await("SIP/2.0 " + status);

            assertThat(RawPeer.header(answer, "CSeq")).isEqualTo("2 " + method);
        }
    }

    @Test
    void our_answer_is_repeated_until_it_is_acknowledged() throws IOException {
        try (var peer = new RawPeer(answering())) {
            peer.send(peer.request("INVITE", "", RawPeer.sdp(21000)));
            String first = peer.await("200");
            String second = peer.await("200");
            peer.send(peer.inDialog("ACK", 1, first, "", ""));

            assertThat(RawPeer.header(second, "To")).isEqualTo(RawPeer.header(first, "To"));
            await().until(() -> rung.get(0).events.contains("confirmed"));
        }
    }

    @Test
    void an_invite_that_comes_again_rings_once_and_by_another_way_is_a_loop() throws IOException {
        try (var peer = new RawPeer(answering())) {
            String invite = peer.request("INVITE", "", RawPeer.sdp(21000));
            peer.send(invite);
            String ok = peer.await("200");
            peer.send(invite);
            peer.send(invite.replace("branch=z9hG4bK", "branch=z9hG4bKother"));
            peer.await("482");
            peer.send(peer.inDialog("ACK", 1, ok, "", ""));

            await().until(() -> rung.get(0).events.contains("confirmed"));
            assertThat(rung).hasSize(1);
        }
    }

    @Test
    void an_invite_that_was_sent_elsewhere_may_come_again_by_another_way() throws IOException {
        int port = stacks.startAnswering(rung, leg -> leg.decline(503, "Full", Duration.ofSeconds(1), null));
        try (var peer = new RawPeer(port)) {
            String invite = peer.request("INVITE", "", RawPeer.sdp(21000));
            peer.send(invite);
            peer.await("503");
            peer.send(invite.replace("branch=z9hG4bK", "branch=z9hG4bKother"));

            await().until(() -> rung.size() == 2);
        }
    }

    @Test
    void an_offer_of_ours_that_waits_for_another_try_ends_with_the_call() throws IOException {
        try (var peer = new RawPeer(answering())) {
            peer.send(peer.request("INVITE", "", RawPeer.sdp(21000)));
            String ok = peer.await("200");
            peer.send(peer.inDialog("ACK", 1, ok, "", ""));
            await().until(() -> rung.get(0).events.contains("confirmed"));
            var offered = rung.get(0).leg().offerAnew(Heard.audio(22000)).toCompletableFuture();
            peer.answer(peer.await("INVITE sip:"), "491 Request Pending", "");
            peer.await("ACK sip:");
            peer.send(peer.inDialog("BYE", 2, ok, "", ""));

            await().until(offered::isDone);
            assertThat(offered).isCompletedExceptionally();
        }
    }

    @Test
    void a_stack_that_closes_waits_for_the_answer_to_its_last_request() throws Exception {
        int port = Stacks.freePort();
        SipStack stack = new SipStack(Stacks.settings(port, Stacks.LOCAL), stacks.registry, Clock.systemUTC());
        stack.answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        try (var peer = new RawPeer(port)) {
            peer.send(peer.request("INVITE", "", RawPeer.sdp(21000)));
            peer.send(peer.inDialog("ACK", 1, peer.await("200"), "", ""));
            await().until(() -> rung.get(0).events.contains("confirmed"));
            Thread closing = new Thread(stack::close);
            closing.start();

            peer.await("BYE sip:"); // which is lost
            peer.answer(peer.await("BYE sip:"), "200 OK", "");

            closing.join(Duration.ofSeconds(10).toMillis());
            assertThat(stack.dialogs()).isZero();
        }
    }

    @Test
    void a_stack_that_closes_takes_its_registrations_back_also_where_a_password_is_demanded() throws Exception {
        try (var registrar = new RawPeer(1)) {
            SipStack stack = new SipStack(
                    Stacks.settings(Stacks.freePort(), carrier(registrar)), stacks.registry, Clock.systemUTC());
            String first = registrar.await("REGISTER");
            registrar.answer(first, "200 OK", "Contact: " + RawPeer.header(first, "Contact") + ";expires=60\r\n");
            await().until(() -> Boolean.TRUE.equals(stack.trunks().get("carrier")));
            Thread closing = new Thread(stack::close);
            closing.start();

            registrar.answer(
                    registrar.await("REGISTER"),
                    "401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n");
            String proven = registrar.await("REGISTER");
            registrar.answer(proven, "200 OK", "");

            assertThat(RawPeer.header(proven, "Authorization")).contains("username=\"ann\"");
            assertThat(RawPeer.header(proven, "Expires")).isEqualTo("0");
            closing.join(Duration.ofSeconds(10).toMillis());
            assertThat(closing.isAlive()).isFalse();
        }
    }

    private static Trunk carrier(RawPeer registrar) {
        return new Trunk(
                "carrier",
                List.of(),
                "udp",
                List.of(),
                "ann",
                () -> "open sesame",
                "example.test",
                "127.0.0.1:" + registrar.port(),
                Duration.ofSeconds(2),
                false,
                List.of(),
                null);
    }

    @Test
    void early_media_is_sent_again_until_prack() throws IOException {
        int port = stacks.startAnswering(rung, leg -> {
            leg.progress(Heard.audio(22000));
            leg.answer(Heard.audio(22000));
        });
        try (var peer = new RawPeer(port)) {
            peer.send(peer.request("INVITE", "Supported: 100rel\r\n", RawPeer.sdp(21000)));
            String early = peer.await("183");
            peer.await("183");
            peer.send(peer.inDialog("PRACK", 2, early, "RAck: " + RawPeer.header(early, "RSeq") + " 1 INVITE\r\n", ""));

            assertThat(RawPeer.header(early, "Require")).isEqualTo("100rel");
            String ok = peer.await("200");
            if (RawPeer.header(ok, "CSeq").endsWith("PRACK")) {
                ok = peer.await("200");
            }
            assertThat(RawPeer.header(ok, "CSeq")).isEqualTo("1 INVITE");
        }
    }

    @Test
    void a_recording_session_brings_its_parties_and_metadata() throws IOException {
        try (var peer = new RawPeer(answering())) {
            String body = "--b1\r\nContent-Type: application/sdp\r\n\r\n"
                    + "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                    + "m=audio 21000 RTP/AVP 0\r\na=sendonly\r\na=label:1\r\n"
                    + "m=video 21010 RTP/AVP 99\r\n"
                    + "m=audio 21002 RTP/AVP 0\r\na=sendonly\r\na=label:2\r\n"
                    + "\r\n--b1\r\nContent-Type: application/rs-metadata+xml\r\n"
                    + "Content-Disposition: recording-session\r\n\r\n<recording/>\r\n--b1--\r\n";
            peer.send(peer.request(
                    "INVITE", "Require: siprec\r\nContent-Type: multipart/mixed;boundary=\"b1\"\r\n", body));
            String ok = peer.await("200");

            var offer = rung.get(0).leg().offer().orElseThrow();
            assertThat(rung.get(0).leg().parties().recording()).isTrue();
            assertThat(offer.metadata()).isEqualTo("<recording/>");
            assertThat(offer.media()).extracting("label").containsExactly("1", "2");
            assertThat(offer.refused()).containsExactly(1);
            assertThat(ok).contains("m=audio 22000 RTP/AVP 0", "m=video 0 RTP/AVP 99", "m=audio 0 RTP/AVP 0");
        }
    }

    @Test
    void a_stranger_is_refused() throws IOException {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 50), far()));
        try (var peer = new RawPeer(port)) {
            peer.send(peer.request("INVITE", "", RawPeer.sdp(21000)));

            assertThat(peer.status()).startsWith("SIP/2.0 403");
            assertThat(rejected("stranger")).isEqualTo(1);
        }
    }

    @Test
    void a_stranger_gets_no_answer_where_settings_say_so() throws IOException {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(true, 50), far()));
        List<String> methods = List.of("INVITE", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "BYE", "DANCE");
        try (var peer = new RawPeer(port)) {
            for (String method : methods) {
                peer.send(peer.request(method, "", method.equals("INVITE") ? RawPeer.sdp(21000) : ""));
            }

            await().until(() -> rejected("stranger") == methods.size());
            assertThat(peer.receive(QUIET)).isEmpty();
        }
    }

    @Test
    void a_scanner_gets_no_answer() throws IOException {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 50), far()));
        try (var peer = new RawPeer(port)) {
            peer.send(peer.request("OPTIONS", "User-Agent: Friendly-Scanner\r\n", ""));

            assertThat(peer.receive(QUIET)).isEmpty();
            assertThat(rejected("scanner")).isEqualTo(1);
        }
    }

    @Test
    void a_flood_of_a_stranger_is_cut() throws IOException {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 5), far()));
        try (var peer = new RawPeer(port)) {
            for (int i = 0; i < 200; i++) {
                peer.send(peer.request("OPTIONS", "", ""));
            }

            await().until(() -> rejected("flood") > 150);
            assertThat(rejected("stranger")).isLessThan(20);
        }
    }

    @Test
    void whatever_cannot_be_read_leaves_the_stack_alive() throws IOException {
        int port = answering();
        try (var peer = new RawPeer(port)) {
            peer.send(new byte[] {0, 1, 2, 3});
            peer.send("INVITE");
            peer.send("\r\n\r\n\r\n");
            peer.send("OPTIONS sip:a@b SIP/2.0\r\nVia: " + "x".repeat(60_000) + "\r\n\r\n");
            peer.send("INVITE sip:" + "a;".repeat(30_000) + " SIP/2.0\r\n\r\n");
            peer.send(peer.request("INVITE", "X-Big: " + "y".repeat(60_000) + "\r\n", RawPeer.sdp(21000)));
            peer.send(peer.request("OPTIONS", "Contact: " + "(".repeat(50_000) + "\r\n", ""));
            peer.send(peer.request("OPTIONS", "CSeq: 99999999999999 OPTIONS\r\n", ""));

            peer.send(peer.request("OPTIONS", "X-Last: 1\r\n", ""));
            await().until(() ->
                    peer.receive(QUIET).filter(m -> m.startsWith("SIP/2.0 200")).isPresent());
        }
        assertThat(alive(port)).isTrue();
    }

    private static boolean alive(int port) throws IOException {
        try (var peer = new RawPeer(port)) {
            peer.send(peer.request("OPTIONS", "", ""));
            return peer.status().startsWith("SIP/2.0 200");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "2000000000", "99999999999", "abc"})
    void a_length_that_cannot_be_ends_only_its_own_connection(String length) throws IOException {
        int port = answering();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2_000);
            socket.getOutputStream()
                    .write(("OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5;branch=z9hG4bKa\r\n"
                                    + "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: len\r\nCSeq: 1 OPTIONS\r\n"
                                    + "Max-Forwards: 70\r\nContent-Length: " + length + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(byTcp(port)).contains("SIP/2.0 200");
        }
        assertThat(alive(port)).isTrue();
    }

    private static String byTcp(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5;branch=z9hG4bKb"
                                    + length() + "\r\n"
                                    + "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: tcp\r\nCSeq: 1 OPTIONS\r\n"
                                    + "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            byte[] answer = new byte[200];
            new DataInputStream(socket.getInputStream()).readFully(answer, 0, 60);
            return new String(answer, StandardCharsets.UTF_8);
        }
    }

    private static String length() {
        return Messages.random(4);
    }

    private static Trunk proving(String password, List<String> addresses, List<String> allowed) {
        return proving("ann", password, addresses, allowed);
    }

    private static Trunk proving(String user, String password, List<String> addresses, List<String> allowed) {
        return new Trunk(
                user.equals("ann") ? "proving" : user,
                addresses,
                "udp",
                allowed,
                user,
                () -> password,
                "example.test",
                null,
                Duration.ofMinutes(1),
                true,
                List.of(),
                null);
    }

    @Test
    void a_call_from_anywhere_proves_who_it_is() {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 50), proving("open sesame", List.of(), List.of())))
                .answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        var caller = new Heard();
        SipStack calling = stacks.startCalling(proving("open sesame", List.of("127.0.0.1:" + port), List.of()));

        calling.dial(onTrunk("1000"), caller);

        await().until(() -> caller.events.contains("answered"));
        assertThat(rung.get(0).leg().parties().trunk()).isEqualTo("proving");
        assertThat(rung.get(0).leg().parties().to()).isEqualTo("1000");
    }

    private static Dial onTrunk(String to) {
        return onTrunk("proving", to);
    }

    private static Dial onTrunk(String trunk, String to) {
        var dial = Stacks.dial(to);
        return new Dial(to, null, null, trunk, dial.offer(), dial.headers(), dial.within(), null);
    }

    @Test
    void wrong_passwords_are_counted_and_then_blocked() {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 500), proving("open sesame", List.of(), List.of())))
                .answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        SipStack calling = stacks.startCalling(proving("guessed", List.of("127.0.0.1:" + port), List.of()));

        ringInVain(calling);
        calling.dial(onTrunk("1000"), new Heard());

        await().until(() -> rejected("blocked") > 0);
        assertThat(rejected("password")).isEqualTo(3);
        assertThat(rung).isEmpty();
    }

    /** Rings three times. */
    private static void ringInVain(SipStack calling) {
        for (int i = 0; i < 3; i++) {
            var caller = new Heard();
            calling.dial(onTrunk("1000"), caller);
            await().until(() -> caller.ended != null);
            assertThat(caller.ended().status()).isEqualTo(401);
        }
    }

    @Test
    void who_shares_an_address_with_one_who_guesses_still_gets_in() {
        int port = Stacks.freePort();
        stacks.start(guarded(
                        port,
                        guard(false, 500),
                        proving("ann", "open sesame", List.of(), List.of()),
                        proving("bob", "another", List.of(), List.of())))
                .answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        List<String> there = List.of("127.0.0.1:" + port);
        ringInVain(stacks.startCalling(proving("ann", "guessed", there, List.of())));
        var bob = new Heard();

        stacks.startCalling(proving("bob", "another", there, List.of())).dial(onTrunk("bob", "1000"), bob);

        await().until(() -> bob.events.contains("answered"));
    }

    @Test
    void one_who_tries_names_that_nobody_has_is_blocked() {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 500), proving("open sesame", List.of(), List.of())))
                .answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        List<String> there = List.of("127.0.0.1:" + port);
        for (String name : List.of("adam", "eve", "noah")) {
            var caller = new Heard();
            stacks.startCalling(proving(name, "guessed", there, List.of())).dial(onTrunk(name, "1000"), caller);
            await().until(() -> caller.ended != null);
        }

        stacks.startCalling(proving("lot", "guessed", there, List.of())).dial(onTrunk("lot", "1000"), new Heard());

        await().until(() -> rejected("blocked") > 0);
    }

    @Test
    void the_address_of_a_trunk_is_never_blocked() {
        int port = Stacks.freePort();
        stacks.start(guarded(port, guard(false, 500), proving("open sesame", List.of(), List.of("127.0.0.0/8"))))
                .answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        List<String> there = List.of("127.0.0.1:" + port);
        ringInVain(stacks.startCalling(proving("guessed", there, List.of())));
        var caller = new Heard();

        stacks.startCalling(proving("open sesame", there, List.of())).dial(onTrunk("1000"), caller);

        await().until(() -> caller.events.contains("answered"));
    }

    @Test
    void a_trunk_is_registered_with_and_again_before_it_runs_out() throws IOException {
        try (var registrar = new RawPeer(1)) {
            SipStack stack = stacks.startCalling(carrier(registrar));
            String first = registrar.await("REGISTER sip:127.0.0.1");
            registrar.answer(
                    first, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n");
            String second = registrar.await("REGISTER");
            registrar.answer(second, "200 OK", "Contact: " + RawPeer.header(second, "Contact") + ";expires=2\r\n");

            assertThat(RawPeer.header(second, "Authorization")).contains("username=\"ann\"", "qop=auth");
            assertThat(RawPeer.header(second, "To")).isEqualTo("<sip:ann@example.test>");
            await().until(() -> Boolean.TRUE.equals(stack.trunks().get("carrier")));
            String third = registrar.await("REGISTER");
            assertThat(RawPeer.header(third, "CSeq")).isEqualTo("3 REGISTER");
        }
    }

    @Test
    void a_trunk_that_does_not_answer_is_down() {
        Trunk gone = Trunk.open("gone", List.of("127.0.0.1:" + Stacks.freePort()), "tcp", List.of());

        SipStack stack = stacks.startCalling(gone);

        await().atMost(Duration.ofSeconds(15))
                .until(() -> Boolean.FALSE.equals(stack.trunks().get("gone")));
        assertThat(Optional.ofNullable(stacks.registry
                                .find("caravox.sip.trunk.up")
                                .tag("trunk", "gone")
                                .gauge())
                        .orElseThrow()
                        .value())
                .isZero();
    }
}
