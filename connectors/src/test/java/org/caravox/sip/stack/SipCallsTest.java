package org.caravox.sip.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.SignalFailure;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two stacks talk to each other over loopback. */
class SipCallsTest {

    private final Stacks stacks = new Stacks();
    private final List<Heard> rung = Stacks.nobody();
    private final Heard caller = new Heard();

    @AfterEach
    void close() {
        stacks.close();
    }

    private static void awaitEvent(Heard heard, String event) {
        await().atMost(Duration.ofSeconds(15)).until(() -> heard.events.contains(event));
    }

    private SignalLeg established() {
        int port = stacks.startAnswering(rung, leg -> leg.answer(Heard.audio(22000)));
        SignalLeg leg = stacks.startCalling().dial(Stacks.dial(port), caller);
        awaitEvent(caller, "answered");
        await().until(() -> !rung.isEmpty());
        awaitEvent(rung.get(0), "confirmed");
        return leg;
    }

    @Test
    void a_call_rings_brings_early_media_is_answered_and_hung_up_by_the_caller() {
        int port = stacks.startAnswering(rung, leg -> {
            leg.ring();
            leg.progress(Heard.audio(22000));
            leg.answer(Heard.audio(22000));
        });

        SignalLeg leg = stacks.startCalling().dial(Stacks.dial(port), caller);
        awaitEvent(caller, "answered");
        await().until(() -> !rung.isEmpty());
        awaitEvent(rung.get(0), "confirmed");
        leg.hangUp("done");
        awaitEvent(rung.get(0), "ended THEM 0");

        assertThat(caller.events).containsExactly("ringing", "progress", "answered", "ended US 0");
        assertThat(rung.get(0).events).containsExactly("confirmed", "ended THEM 0");
        assertThat(rung.get(0).ended().reason()).isEqualTo("done");
        SignalLeg.Parties parties = rung.get(0).leg().parties();
        assertThat(parties.from()).isEqualTo("+4930999");
        assertThat(parties.fromName()).isEqualTo("Bo \\B\\ Li");
        assertThat(parties.to()).isEqualTo("1000");
        assertThat(parties.trunk()).isEqualTo("local");
        assertThat(parties.headers()).containsEntry("X-Ticket", "7");
        assertThat(rung.get(0).leg().offer().orElseThrow().first().orElseThrow().port())
                .isEqualTo(21000);
    }

    @Test
    void whoever_is_rung_may_hang_up() {
        established();

        rung.get(0).leg().hangUp("enough");

        awaitEvent(caller, "ended THEM 0");
        assertThat(rung.get(0).events).endsWith("ended US 0");
    }

    @Test
    void no_dialog_is_left_when_calls_are_over() {
        int port = Stacks.freePort();
        SipStack answering = stacks.start(Stacks.settings(port, Stacks.LOCAL));
        answering.answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        SipStack calling = stacks.startCalling();
        for (int i = 0; i < 20; i++) {
            var heard = new Heard();
            SignalLeg leg = calling.dial(Stacks.dial(port), heard);
            awaitEvent(heard, "answered");
            leg.hangUp("done");
        }

        await().untilAsserted(() -> assertThat(answering.dialogs()).isZero());
        await().untilAsserted(() -> assertThat(calling.dialogs()).isZero());
    }

    @Test
    void a_call_is_declined_with_its_reason() {
        int port = stacks.startAnswering(rung, leg -> leg.decline(486, "In a meeting", Duration.ofSeconds(30), null));

        stacks.startCalling().dial(Stacks.dial(port), caller);

        awaitEvent(caller, "ended THEM 486");
        assertThat(caller.ended().reason()).isEqualTo("In a meeting");
    }

    @Test
    void a_call_that_is_hung_up_while_it_rings_is_cancelled() {
        int port = stacks.startAnswering(rung, SignalLeg::ring);
        SipStack calling = stacks.startCalling();
        SignalLeg leg = calling.dial(Stacks.dial(port), caller);
        awaitEvent(caller, "ringing");

        leg.hangUp("changed my mind");

        awaitEvent(rung.get(0), "ended THEM 487");
        assertThat(caller.events).containsExactly("ringing", "ended US 487");
        await().untilAsserted(() -> assertThat(calling.dialogs()).isZero());
    }

    @Test
    void a_call_that_nobody_answers_is_given_up() {
        int port = stacks.startAnswering(rung, SignalLeg::ring);
        Dial dial = Stacks.dial(port);

        stacks.startCalling()
                .dial(
                        new Dial(dial.to(), null, null, null, dial.offer(), Map.of(), Duration.ofMillis(300), null),
                        caller);

        awaitEvent(caller, "ended NETWORK 408");
        awaitEvent(rung.get(0), "ended THEM 487");
    }

    @Test
    void hold_and_resume_are_offered_anew_by_either_side() throws Exception {
        SignalLeg leg = established();

        var held = leg.offerAnew(Heard.audio(21000, Direction.SENDONLY))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        var resumed = rung.get(0)
                .leg()
                .offerAnew(Heard.audio(22000))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(held.first().orElseThrow().direction()).isEqualTo(Direction.RECVONLY);
        assertThat(resumed.first().orElseThrow().direction()).isEqualTo(Direction.SENDRECV);
        assertThat(rung.get(0).events).contains("offered SENDONLY");
        assertThat(caller.events).contains("offered SENDRECV");
    }

    @Test
    void an_offer_that_cannot_be_used_is_refused_and_the_call_goes_on() {
        SignalLeg leg = established();
        var onlyPcma = org.caravox.calls.signalling.SessionDescription.of(new org.caravox.calls.media.MediaDescription(
                "127.0.0.1", 21000, 21001, false, List.of(Heard.PCMA), Direction.SENDRECV, List.of(), 20, null));

        assertThatThrownBy(() -> leg.offerAnew(onlyPcma).toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(SignalFailure.class, failure -> assertThat(failure.status())
                        .isEqualTo(488));
        assertThat(caller.ended).isNull();
    }

    @Test
    void two_offers_that_meet_are_both_answered_in_the_end() throws Exception {
        SignalLeg leg = established();

        var ours = leg.offerAnew(Heard.audio(21000, Direction.SENDONLY)).toCompletableFuture();
        var theirs = rung.get(0)
                .leg()
                .offerAnew(Heard.audio(22000, Direction.SENDONLY))
                .toCompletableFuture();

        assertThat(ours.get(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(theirs.get(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void a_hundred_offers_anew_in_a_row_are_answered() throws Exception {
        SignalLeg leg = established();

        for (int i = 0; i < 100; i++) {
            leg.offerAnew(Heard.audio(21000)).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }

        assertThat(rung.get(0).events.stream().filter("offered SENDRECV"::equals))
                .hasSize(100);
    }

    @Test
    void keys_go_by_info() {
        SignalLeg leg = established();

        leg.info('#', Duration.ofMillis(120));
        rung.get(0).leg().info('7', Duration.ofMillis(200));

        awaitEvent(rung.get(0), "digit # 120");
        awaitEvent(caller, "digit 7 200");
    }

    @Test
    void a_transfer_is_asked_for_and_told_of() throws Exception {
        SignalLeg leg = established();
        rung.get(0).refers = true;

        leg.refer("sip:2000@127.0.0.1", null, status -> {}, Duration.ofSeconds(10))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        assertThat(rung.get(0).events).contains("referred sip:2000@127.0.0.1");
        assertThat(caller.ended).isNull();
    }

    @Test
    void a_transfer_that_is_refused_fails_with_their_status() {
        SignalLeg leg = established();

        assertThatThrownBy(() -> leg.refer("sip:2000@127.0.0.1", null, status -> {}, Duration.ofSeconds(10))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(SignalFailure.class, failure -> assertThat(failure.status())
                        .isEqualTo(603));
    }

    @Test
    void an_attended_transfer_replaces_the_dialog_of_the_third_party() throws Exception {
        SignalLeg first = established();
        rung.get(0).refers = true;
        List<Heard> third = Stacks.nobody();
        int thirdPort = stacks.startAnswering(third, leg -> leg.answer(Heard.audio(23000)));
        var second = new Heard();
        SignalLeg briefing = stacks.startCalling().dial(Stacks.dial(thirdPort), second);
        awaitEvent(second, "answered");
        awaitEvent(third.get(0), "confirmed");

        first.refer("sip:1000@127.0.0.1:" + thirdPort, briefing, status -> {}, Duration.ofSeconds(10))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        String to = rung.get(0).events.stream()
                .filter(event -> event.startsWith("referred "))
                .findFirst()
                .orElseThrow()
                .substring(9);
        var transferee = new Heard();
        stacks.startCalling().dial(Stacks.dial(to), transferee);

        awaitEvent(transferee, "answered");
        awaitEvent(second, "ended THEM 0");
        assertThat(third).hasSize(1);
        assertThat(third.get(0).ended).isNull();
        assertThat(third.get(0).events).contains("offered SENDRECV");
    }

    private static SipSettings quick(int port, Trunk... trunks) {
        SipSettings plain = Stacks.settings(port, trunks);
        return new SipSettings(
                plain.listening(),
                plain.trunks(),
                new SipSettings.Sessions(Duration.ofSeconds(2), Duration.ofSeconds(1)),
                plain.guard(),
                plain.mostCalls(),
                plain.userAgent());
    }

    @Test
    void the_session_is_refreshed_while_it_lasts() {
        int port = Stacks.freePort();
        stacks.start(quick(port, Stacks.LOCAL)).answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        stacks.start(quick(Stacks.freePort())).dial(Stacks.dial(port), caller);
        awaitEvent(caller, "answered");

        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(stacks.registry
                        .counter("caravox.sip.requests", "method", "UPDATE", "answer", "200")
                        .count())
                .isGreaterThanOrEqualTo(2));
        assertThat(caller.ended).isNull();
        assertThat(rung.get(0).ended).isNull();
    }

    @Test
    void a_session_timer_that_is_too_small_for_them_is_raised() {
        int port = stacks.startAnswering(rung, leg -> leg.answer(Heard.audio(22000)));
        SipSettings plain = Stacks.settings(Stacks.freePort());
        SipStack calling = stacks.start(new SipSettings(
                plain.listening(),
                List.of(),
                new SipSettings.Sessions(Duration.ofSeconds(5), Duration.ofSeconds(5)),
                plain.guard(),
                plain.mostCalls(),
                plain.userAgent()));

        calling.dial(Stacks.dial(port), caller);

        awaitEvent(caller, "answered");
        assertThat(stacks.registry
                        .counter("caravox.sip.requests", "method", "INVITE", "answer", "422")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void calls_go_by_tcp_too() {
        int port = stacks.startAnswering(rung, leg -> leg.answer(Heard.audio(22000)));

        SignalLeg leg =
                stacks.startCalling().dial(Stacks.dial("sip:1000@127.0.0.1:" + port + ";transport=tcp"), caller);
        awaitEvent(caller, "answered");
        await().until(() -> !rung.isEmpty());
        awaitEvent(rung.get(0), "confirmed");
        rung.get(0).leg().hangUp("done");

        awaitEvent(caller, "ended THEM 0");
        assertThat(rung.get(0).leg().parties().transport()).isEqualTo("tcp");
        assertThat(leg.parties().transport()).isEqualTo("tcp");
    }

    @Test
    void while_it_stops_calls_are_sent_elsewhere() {
        int port = Stacks.freePort();
        SipStack answering = stacks.start(Stacks.settings(port, Stacks.LOCAL));
        answering.answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        answering.drain();

        stacks.startCalling().dial(Stacks.dial(port), caller);

        awaitEvent(caller, "ended THEM 503");
        assertThat(rung).isEmpty();
    }

    @Test
    void a_port_that_is_taken_is_named_with_its_setting() {
        int port = stacks.startAnswering(rung, SignalLeg::ring);

        assertThatThrownBy(() -> stacks.start(Stacks.settings(port, Stacks.LOCAL)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("caravox.calls.sip.udp-port " + port);
    }

    @Test
    void a_call_that_cannot_be_made_is_refused_at_once() {
        SipStack calling = stacks.startCalling(Stacks.LOCAL);

        assertThatThrownBy(() -> calling.dial(Stacks.dial("+4930123"), caller))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("needs a trunk");
        assertThatThrownBy(() -> calling.dial(Stacks.dial("sip:a b"), caller)).isInstanceOf(Refusal.class);
        Dial dial = Stacks.dial("sip:a@127.0.0.1");
        assertThatThrownBy(() -> calling.dial(
                        new Dial(dial.to(), null, null, "other", dial.offer(), Map.of(), dial.within(), null), caller))
                .hasMessageContaining("trunk other is not known");
        assertThatThrownBy(() -> calling.dial(
                        new Dial(
                                dial.to(),
                                null,
                                null,
                                null,
                                dial.offer(),
                                Map.of("X-A", "b\r\nEvil: yes"),
                                dial.within(),
                                null),
                        caller))
                .hasMessageContaining("one line");
        assertThatThrownBy(() -> calling.dial(
                        new Dial(dial.to(), null, null, null, dial.offer(), Map.of("Via", "x"), dial.within(), null),
                        caller))
                .hasMessageContaining("X-");
    }
}
