package org.caravox.door.live.phone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.caravox.audio.G711;
import org.caravox.calls.media.MediaLeg;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.live.HandoverTable;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveLegs;
import org.caravox.live.LiveMetrics;
import org.caravox.live.LiveOutside;
import org.caravox.live.LiveRecord;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSessions;
import org.caravox.live.LiveSettings;
import org.caravox.live.LiveSteps;
import org.caravox.live.LiveTranscriber;
import org.caravox.live.Phrase;
import org.caravox.providers.Attempt;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.Models;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Option;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.usage.Assumed;
import org.caravox.usage.Budgets;
import org.caravox.usage.Meter;
import org.caravox.usage.Prices;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of platforms in real sessions, whose provider hears one word a second. */
class PhoneStreamTest {

    private static final Caller ACME = new Caller(Optional.of("acme"), Role.TENANT, new UUID(0, 1));
    private static final int SECOND = 8_000;
    private static final Currency EUROS = Currency.getInstance("EUR");

    private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
    private final EventLoop loop = loops.next();
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final List<LiveRecord> records = new CopyOnWriteArrayList<>();
    private volatile boolean full;
    private final SentLine line = new SentLine(loop);
    private final LiveSessions sessions = sessions();
    private final Taker taker = new Taker();
    private final PhoneCalls calls = new PhoneCalls(
            key -> {
                if (key.equals("cvx_acme")) {
                    return ACME;
                }
                throw new Refusal(Refusal.Reason.UNAUTHENTICATED, "this API key is not known, or was revoked");
            },
            tenant -> Optional.of("auth-token"),
            sessions,
            taker,
            Duration.ofSeconds(10),
            workers,
            Clock.systemUTC());

    @AfterEach
    void stop() {
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        workers.shutdownNow();
    }

    private LiveSessions sessions() {
        Clock clock = Clock.systemUTC();
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        Chain<LiveRequest, LiveTranscriber> chain = new Chain<>(
                Use.LIVE,
                List.of(new Counter()),
                name -> new LineSettings(10, Duration.ofSeconds(30)),
                tenant -> ChainSettings.of("counter"),
                (use, provider, tenant) -> Optional.empty(),
                new Lines(BreakerSettings.USUAL, metrics, clock),
                metrics,
                RandomGenerator.of("L64X128MixRandom"));
        LiveSettings settings = new LiveSettings(
                100,
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                1000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                false);
        LiveOutside outside = new LiveOutside(
                new LiveLegs(chain, workers, clock),
                new Kept(),
                workers,
                new LiveMetrics(metrics),
                settings,
                System::nanoTime);
        Jdbi nowhere = Jdbi.create(() -> {
            throw new IllegalStateException("no tenant has a budget, and this hub does not stop");
        });
        Budgets none = new Budgets(nowhere, tenant -> Optional.empty(), EUROS, clock);
        Meter meter = new Meter(
                usage -> {}, none, new Prices(EUROS, List.of()), new Assumed(Duration.ofMinutes(1), 100), clock);
        return new LiveSessions(
                outside, new HandoverTable(nowhere, new ObjectMapper(), new Kept()), meter, tenant -> 100, clock);
    }

    /** What the routes would do. */
    private final class Kept implements LiveSteps {

        @Override
        public LiveRequest opened(LiveRequest request) {
            return request;
        }

        @Override
        public void uttered(LiveRequest request, Utterance utterance) {}

        @Override
        public Transcript ended(LiveRecord ended) {
            records.add(ended);
            LiveRequest request = ended.request();
            return new Transcript(
                    request.id(),
                    request.userId(),
                    Mode.SYNC,
                    "counter",
                    "m",
                    "en",
                    ended.heard().duration().toMillis() / 1000.0,
                    null,
                    "",
                    List.of(),
                    List.of(),
                    null,
                    null,
                    null,
                    request.metadata(),
                    request.receivedAt());
        }
    }

    /** Hears "one" in each second of audio. */
    private final class Counter implements LiveTranscriber {

        @Override
        public String provider() {
            return "counter";
        }

        @Override
        public Models models() {
            return Models.of("m");
        }

        @Override
        public boolean needsCredential() {
            return false;
        }

        @Override
        public Optional<String> refuses(LiveRequest request) {
            return Optional.empty();
        }

        @Override
        public Set<Option> honours() {
            return Set.of();
        }

        @Override
        public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop) {
            return new Counting(request.audio().bytesPerSecond(), ear);
        }
    }

    private final class Counting implements LiveLeg {
        private final int bytesPerSecond;
        private final LiveEar ear;
        private long heard;
        private int told;

        Counting(int bytesPerSecond, LiveEar ear) {
            this.bytesPerSecond = bytesPerSecond;
            this.ear = ear;
        }

        @Override
        public void hear(byte[] audio) {
            heard += audio.length;
            while ((told + 1L) * bytesPerSecond <= heard) {
                Word one = new Word("one", told + 0.2, told + 0.8, 1);
                ear.heard(new Phrase(0, told, 1, "one", 1.0, List.of(one), true, true, false));
                told++;
            }
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public void settle() {}

        @Override
        public void end() {
            ear.ended();
        }

        @Override
        public void abort() {}
    }

    // ---- over WebSocket -------------------------------------------------------------------------------------------

    private PhoneStream stream(PhonePlatform platform, Optional<Caller> caller, Optional<String> signature) {
        PhoneHandshake handshake = new PhoneHandshake(
                RequestIds.next(), platform.word(), caller, "wss://hub.example.com/stream/twilio", signature);
        PhoneStream stream = new PhoneStream(handshake, open -> platform.codec(open, Map.of()), calls);
        loop.execute(() -> stream.opened(line));
        return stream;
    }

    private PhoneStream twilio(String signedWith) {
        String signature = TwilioSignature.of(signedWith, "wss://hub.example.com/stream/twilio");
        return stream(PhonePlatform.TWILIO, Optional.empty(), Optional.of(signature));
    }

    private void texts(PhoneStream stream, String... messages) {
        for (String message : messages) {
            loop.execute(() -> stream.text(message));
        }
    }

    private static String start(String key) {
        return """
            {"event":"start","start":{"streamSid":"MZ1","callSid":"CA2","tracks":["inbound"],
             "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
             "customParameters":{"key":"%s","userId":"jane"}}}"""
                .formatted(key);
    }

    private static String media(int bytes) {
        byte[] audio = new byte[bytes];
        Arrays.fill(audio, (byte) 0xFF);
        return "{\"event\":\"media\",\"media\":{\"track\":\"inbound\",\"payload\":\""
                + Base64.getEncoder().encodeToString(audio) + "\"}}";
    }

    private void awaitClosed(String how) {
        await().untilAsserted(() -> assertThat(line.closed()).containsExactly(how));
    }

    @Test
    void a_signed_call_is_heard_from_its_first_byte_and_kept_with_what_is_known_of_it() {
        PhoneStream stream = twilio("auth-token");

        texts(stream, start("cvx_acme"), media(SECOND), media(SECOND), media(SECOND), "{\"event\":\"stop\"}");

        await().until(() -> records.size() == 1);
        LiveRecord kept = records.get(0);
        assertThat(kept.heard().utterances()).hasSize(3);
        assertThat(kept.heard().duration()).isEqualTo(Duration.ofSeconds(3));
        assertThat(kept.request().tenant()).isEqualTo("acme");
        assertThat(kept.request().userId()).isEqualTo("jane");
        assertThat(kept.request().door()).isEqualTo("twilio");
        assertThat(kept.request().metadata())
                .hasToString("{\"twilio\":{\"streamSid\":\"MZ1\",\"callSid\":\"CA2\",\"tracks\":[\"inbound\"]}}");
        awaitClosed("close 1000 transcript " + kept.request().id());
        assertThat(sessions.count()).isZero();
    }

    @Test
    void a_call_that_is_not_signed_as_the_tenant_wishes_is_refused() {
        texts(twilio("another"), start("cvx_acme"), media(SECOND));

        await().until(() -> line.closed().size() == 1);
        assertThat(line.closed().get(0)).startsWith("close 1008 X-Twilio-Signature does not fit");
        assertThat(sessions.count()).isZero();
    }

    @Test
    void a_call_without_a_key_that_is_known_is_refused() {
        texts(twilio("auth-token"), start("cvx_other"));

        awaitClosed("close 1008 this API key is not known, or was revoked");
    }

    @Test
    void garbage_ends_the_call_and_what_was_said_before_is_kept() {
        PhoneStream stream = twilio("auth-token");

        texts(stream, start("cvx_acme"), media(SECOND));
        await().until(() -> sessions.list("acme").stream().anyMatch(one -> one.seconds() > 0));
        texts(stream, "garbage");

        awaitClosed("close 1008 a text message is not JSON");
        await().until(() -> records.size() == 1);
        assertThat(records.get(0).heard().utterances()).hasSize(1);
        await().until(() -> sessions.count() == 0);
    }

    @Test
    void a_connection_that_breaks_while_its_session_opens_loses_no_word() {
        PhoneStream stream = twilio("auth-token");

        texts(stream, start("cvx_acme"), media(SECOND));
        loop.execute(stream::closed);

        await().until(() -> records.size() == 1);
        assertThat(records.get(0).heard().utterances()).hasSize(1);
        assertThat(line.closed()).isEmpty();
        await().until(() -> sessions.count() == 0);
    }

    @Test
    void a_platform_that_sends_faster_than_a_session_opens_is_held_back() {
        PhoneStream stream = twilio("auth-token");

        loop.execute(() -> {
            stream.text(start("cvx_acme"));
            for (int second = 0; second < 6; second++) {
                stream.text(media(SECOND));
            }
        });
        texts(stream, "{\"event\":\"stop\"}");

        await().until(() -> records.size() == 1);
        assertThat(line.sent).startsWith("pause");
        assertThat(records.get(0).heard().duration()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void a_platform_that_is_held_back_when_its_session_opens_stays_so() {
        full = true;
        PhoneStream stream = twilio("auth-token");

        loop.execute(() -> {
            stream.text(start("cvx_acme"));
            for (int second = 0; second < 6; second++) {
                stream.text(media(SECOND));
            }
        });
        await().until(() -> sessions.list("acme").stream().anyMatch(one -> one.seconds() == 6));
        assertThat(loop.submit(() -> line.sent.get(line.sent.size() - 1))
                        .syncUninterruptibly()
                        .getNow())
                .isEqualTo("pause");

        full = false;
        texts(stream, "{\"event\":\"stop\"}");
        await().until(() -> records.size() == 1);
    }

    @Test
    void words_go_back_where_the_platform_takes_them() {
        PhoneStream stream = stream(PhonePlatform.FREESWITCH, Optional.of(ACME), Optional.empty());

        loop.execute(() -> stream.binary(new byte[2 * SECOND]));

        await().until(() -> line.sent.stream().anyMatch(one -> one.contains("\"transcript\":\"one\"")));
        sessions.list("acme").forEach(one -> sessions.close("acme", one.id()));
        awaitClosed("close 1000 an operator closed the stream");
        assertThat(records.get(0).fault().map(LiveFault::why)).contains(LiveFault.Why.CLOSED_BY_OPERATOR);
    }

    // ---- calls that are answered ----------------------------------------------------------------------------------

    private static String ringing(String agent) {
        return start("cvx_acme").replace("\"userId\":\"jane\"", "\"agent\":\"" + agent + "\",\"from\":\"+15550142\"");
    }

    /** What a platform was sent to play, as one piece. */
    private byte[] played() {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        for (String message : line.sent) {
            if (message.contains("\"event\":\"media\"")) {
                String payload = message.replaceAll(".*\"payload\":\"([^\"]*)\".*", "$1");
                byte[] frame = Base64.getDecoder().decode(payload);
                assertThat(frame).hasSize(160);
                assertThat(message).contains("\"streamSid\":\"MZ1\"");
                audio.writeBytes(frame);
            }
        }
        return audio.toByteArray();
    }

    private static byte[] speech(int ms) {
        byte[] pcm = new byte[16 * ms];
        for (int i = 0; i < 8 * ms; i++) {
            short sample = (short) (8_000 * Math.sin(i / 5.0));
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        return pcm;
    }

    @Test
    void a_call_that_names_an_agent_is_answered_and_both_hear_each_other() {
        PhoneStream stream = twilio("auth-token");

        texts(stream, ringing("receptionist"));
        MediaLeg audio = taker.answer();
        audio.player().play(speech(500));
        audio.player().mark("end");
        texts(stream, media(SECOND));

        await().untilAsserted(() -> assertThat(played()).isEqualTo(G711.toMuLaw(speech(500))));
        await().untilAsserted(() -> assertThat(taker.heard()).isEqualTo(new byte[2 * SECOND]));
        assertThat(taker.asked).containsExactly(new PhoneRinging.Asked("acme", "receptionist", null));
        SignalLeg.Parties parties = taker.leg().parties();
        assertThat(List.of(parties.callId(), parties.from(), parties.to(), parties.transport()))
                .containsExactly("CA2", "+15550142", "receptionist", "twilio");
        await().until(() -> line.sent.stream().anyMatch(one -> one.contains("\"mark\":{\"name\":\"end\"}")));
        assertThat(taker.told).containsExactly("answered");
        texts(
                stream,
                "{\"event\":\"mark\",\"mark\":{\"name\":\"end\"}}",
                "{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"5\"}}");
        await().untilAsserted(() -> assertThat(taker.told).containsExactly("answered", "heard end", "pressed 5"));
        assertThat(audio.player().heard()).isEqualTo(Duration.ofMillis(500));
        assertThat(sessions.count())
                .as("nothing is transcribed but by who answers")
                .isZero();
    }

    @Test
    void an_agent_that_is_interrupted_falls_silent_on_the_platform_too() {
        texts(twilio("auth-token"), ringing("receptionist"));
        MediaLeg audio = taker.answer();
        audio.player().play(speech(5_000));
        await().until(() -> audio.player().heard().compareTo(Duration.ofMillis(100)) > 0);

        audio.player().clear();

        await().until(() -> line.sent.contains("{\"event\":\"clear\",\"streamSid\":\"MZ1\"}"));
        assertThat(line.sent.get(line.sent.size() - 1)).contains("clear");
        assertThat(audio.player().queued()).isZero();
        assertThat(audio.player().heard()).isLessThan(Duration.ofMillis(played().length / 8));
    }

    @Test
    void whoever_hangs_up_ends_the_call_on_both_sides() {
        PhoneStream stream = twilio("auth-token");
        texts(stream, ringing("receptionist"));
        taker.answer();
        texts(stream, "{\"event\":\"stop\"}");

        awaitClosed("close 1000 ");
        assertThat(taker.told).containsExactly("answered", "ended by THEM");
    }

    @Test
    void the_hub_hangs_up_and_cannot_have_the_platform_ring_somebody_else() {
        texts(twilio("auth-token"), ringing("receptionist"));
        taker.answer();
        assertThat(taker.leg().refer("sip:mary@example.com", null, status -> {}, Duration.ofSeconds(5)))
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("501 twilio cannot be asked to ring somebody else");

        taker.leg().hangUp("goodbye");

        awaitClosed("close 1000 goodbye");
        assertThat(taker.told).containsExactly("answered", "ended by US");
    }

    @Test
    void a_platform_that_plays_nothing_is_told_so() {
        PhoneHandshake handshake = new PhoneHandshake(
                RequestIds.next(), "freeswitch", Optional.of(ACME), "wss://hub.example.com", Optional.empty());
        PhoneStream stream = new PhoneStream(
                handshake, open -> PhonePlatform.FREESWITCH.codec(open, Map.of("agent", "receptionist")), calls);
        loop.execute(() -> stream.opened(line));
        loop.execute(() -> stream.binary(new byte[320]));

        await().until(() -> line.closed().size() == 1);
        assertThat(line.closed().get(0)).startsWith("close 1008 a call of freeswitch cannot be answered");
    }

    @Test
    void an_audiosocket_is_played_frames_of_its_own_kind() throws IOException {
        AudioSocketTickets tickets = new AudioSocketTickets();
        UUID id = tickets.issue(ACME, Map.of("agent", "receptionist"));
        try (AudioSocketServer server = audioSocket(tickets);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(uuid(id));
            socket.getOutputStream().write(PhoneCodecsTest.frame(0x12, new byte[640]));
            MediaLeg audio = taker.answer();
            assertThat(audio.sampleRateHz()).isEqualTo(16_000);
            audio.player().play(new byte[6_400]);
            audio.player().mark("end");
            await().until(() -> taker.told.contains("heard end"));
            taker.leg().hangUp("goodbye");

            byte[] frame = PhoneCodecsTest.frame(0x12, new byte[640]);
            InputStream in = socket.getInputStream();
            for (int i = 0; i < 10; i++) {
                assertThat(in.readNBytes(frame.length)).isEqualTo(frame);
            }
            assertThat(in.readAllBytes()).containsExactly(0, 0, 0);
        }
    }

    // ---- over TCP -------------------------------------------------------------------------------------------------

    private static byte[] uuid(UUID id) {
        byte[] payload = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return PhoneCodecsTest.frame(0x01, payload);
    }

    private AudioSocketServer audioSocket(AudioSocketTickets tickets) {
        return new AudioSocketServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), loops, tickets, calls);
    }

    @Test
    void an_audiosocket_with_a_ticket_is_heard_and_hung_up_when_all_is_kept() throws IOException {
        AudioSocketTickets tickets = new AudioSocketTickets();
        UUID id = tickets.issue(ACME, Map.of("userId", "jane", "queue", "sales"));
        try (AudioSocketServer server = audioSocket(tickets);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(uuid(id));
            byte[] frame = PhoneCodecsTest.frame(0x10, new byte[320]);
            for (int sent = 0; sent < 100; sent++) {
                out.write(frame, 0, 100);
                out.flush();
                out.write(frame, 100, frame.length - 100);
            }
            out.write(PhoneCodecsTest.frame(0x00));
            out.flush();

            InputStream in = socket.getInputStream();
            assertThat(in.readAllBytes()).containsExactly(0, 0, 0);
        }
        assertThat(records).hasSize(1);
        assertThat(records.get(0).heard().duration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(records.get(0).request().userId()).isEqualTo("jane");
        assertThat(records.get(0).request().metadata())
                .hasToString("{\"audiosocket\":{\"uuid\":\"" + id + "\",\"queue\":\"sales\"}}");
    }

    @Test
    void a_ticket_is_good_for_one_connection_and_none_is_for_none() throws IOException {
        AudioSocketTickets tickets = new AudioSocketTickets();
        UUID id = tickets.issue(ACME, Map.of());
        assertThat(tickets.take(id)).isPresent();
        try (AudioSocketServer server = audioSocket(tickets)) {
            for (byte[] first : List.of(uuid(id), PhoneCodecsTest.frame(0x10, new byte[320]))) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    socket.getOutputStream().write(first);
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            }
        }
        assertThat(sessions.count()).isZero();
    }

    @Test
    void what_comes_with_a_frame_that_is_refused_is_not_looked_at() throws IOException {
        AudioSocketTickets tickets = new AudioSocketTickets();
        UUID id = tickets.issue(ACME, Map.of());
        byte[] refused = uuid(UUID.randomUUID());
        byte[] both = ByteBuffer.allocate(2 * refused.length)
                .put(refused)
                .put(uuid(id))
                .array();
        try (AudioSocketServer server = audioSocket(tickets);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(both);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(tickets.take(id)).isPresent();
    }

    @Test
    void a_ticket_waits_a_minute() {
        long[] nanos = {0};
        AudioSocketTickets tickets = new AudioSocketTickets(() -> nanos[0]);
        UUID early = tickets.issue(ACME, Map.of());
        UUID late = tickets.issue(ACME, Map.of());

        nanos[0] = Duration.ofSeconds(59).toNanos();
        assertThat(tickets.take(early)).isPresent();
        nanos[0] = Duration.ofSeconds(61).toNanos();
        assertThat(tickets.take(late)).isEmpty();
    }
}
