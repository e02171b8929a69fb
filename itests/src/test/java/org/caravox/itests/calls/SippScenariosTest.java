package org.caravox.itests.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** sipp (Debian package sip-tester) rings the stack, and is rung by it. */
class SippScenariosTest {

    @TempDir
    private Path directory;

    @BeforeAll
    static void sipp() {
        Sipp.assumePresent();
    }

    private static void answers(SignalLeg leg) {
        leg.ring();
        leg.answer(TakingCalls.AUDIO);
    }

    /** Runs it to its end; its exit status is 0 when all of its calls went as the scenario says. */
    private int sipp(int port, String... arguments) throws IOException, InterruptedException {
        Process sipp = start(port, arguments);
        assertThat(sipp.waitFor(120, TimeUnit.SECONDS)).as("sipp ends").isTrue();
        return sipp.exitValue();
    }

    private Process start(int port, String... arguments) throws IOException {
        return Sipp.start(directory, port, arguments);
    }

    private static String scenario(String name) {
        return Sipp.scenario(name).toString();
    }

    @Test
    void calls_are_answered_and_ended_by_udp_and_none_is_left() throws Exception {
        try (var hub = new TakingCalls(SippScenariosTest::answers)) {
            assertThat(sipp(hub.port(), "-sn", "uac", "-m", "200", "-r", "100", "-d", "100"))
                    .isZero();
            await().untilAsserted(() -> assertThat(hub.stack().dialogs()).isZero());
        }
    }

    @Test
    void calls_are_answered_and_ended_by_tcp() throws Exception {
        try (var hub = new TakingCalls(SippScenariosTest::answers)) {
            assertThat(sipp(hub.port(), "-sn", "uac", "-t", "t1", "-m", "50", "-r", "50", "-d", "100"))
                    .isZero();
        }
    }

    @Test
    void a_call_is_cancelled_while_it_rings() throws Exception {
        try (var hub = new TakingCalls(SignalLeg::ring)) {
            assertThat(sipp(hub.port(), "-sf", scenario("cancel.xml"), "-m", "20", "-r", "20"))
                    .isZero();
            await().untilAsserted(() -> assertThat(hub.stack().dialogs()).isZero());
        }
    }

    @Test
    void a_hundred_offers_follow_each_other() throws Exception {
        try (var hub = new TakingCalls(SippScenariosTest::answers)) {
            assertThat(sipp(hub.port(), "-sf", scenario("reinvite.xml"), "-m", "2"))
                    .isZero();
        }
    }

    @Test
    void early_media_is_acknowledged() throws Exception {
        try (var hub = new TakingCalls(leg -> {
            leg.progress(TakingCalls.AUDIO);
            leg.answer(TakingCalls.AUDIO);
        })) {
            assertThat(sipp(hub.port(), "-sf", scenario("prack.xml"), "-m", "10"))
                    .isZero();
        }
    }

    @Test
    void a_session_is_refreshed_by_update() throws Exception {
        try (var hub = new TakingCalls(SippScenariosTest::answers)) {
            assertThat(sipp(hub.port(), "-sf", scenario("update.xml"), "-m", "10"))
                    .isZero();
        }
    }

    @Test
    void ten_thousand_options_of_a_trunk_are_answered_and_unknown_methods_refused() throws Exception {
        try (var hub = new TakingCalls(SippScenariosTest::answers)) {
            assertThat(sipp(hub.port(), "-sf", scenario("options.xml"), "-m", "10000", "-r", "2000"))
                    .isZero();
            assertThat(sipp(hub.port(), "-sf", scenario("unknown.xml"), "-m", "10"))
                    .isZero();
            assertThat(sipp(hub.port(), "-sn", "uac", "-m", "1", "-d", "10")).isZero();
        }
    }

    @Test
    void sipp_is_rung_and_hung_up() throws Exception {
        try (var hub = new TakingCalls(SippScenariosTest::answers)) {
            int port = FreePorts.next();
            Process uas = start(1, "-sn", "uas", "-m", "1", "-p", Integer.toString(port));
            var answered = new CompletableFuture<SessionDescription>();
            SignalLeg leg = hub.stack()
                    .dial(
                            new Dial(
                                    "sip:1000@127.0.0.1:" + port,
                                    null,
                                    null,
                                    null,
                                    TakingCalls.AUDIO,
                                    Map.of(),
                                    Duration.ofSeconds(20),
                                    null),
                            new TakingCalls.Agreeing() {
                                @Override
                                public void answered(SessionDescription answer) {
                                    answered.complete(answer);
                                }
                            });

            assertThat(answered.get(30, TimeUnit.SECONDS).media()).hasSize(1);
            leg.hangUp("done");

            assertThat(uas.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(uas.exitValue()).isZero();
        }
    }
}
