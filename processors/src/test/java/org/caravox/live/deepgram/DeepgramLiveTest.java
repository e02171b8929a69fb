package org.caravox.live.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.Phrase;
import org.caravox.providers.Attempt;
import org.caravox.providers.Credential;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderSocket;
import org.caravox.providers.ProviderSockets;
import org.caravox.providers.RemoteSettings;
import org.caravox.requests.Patience;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeepgramLiveTest {

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final Socket socket = new Socket();
    private final Ear ear = new Ear();
    private final DeepgramLive deepgram = new DeepgramLive(
            new RemoteSettings("dg", URI.create("https://dg.example"), Models.of("nova-3"), List.of("*"), Map.of()),
            socket,
            new ObjectMapper());
    private @Nullable LiveLeg leg;

    /** The way out, which ends here. */
    private static final class Socket implements ProviderSockets, ProviderSocket {
        private final List<String> said = new CopyOnWriteArrayList<>();
        private final List<Integer> heard = new CopyOnWriteArrayList<>();
        private @Nullable SocketCall call;
        private @Nullable Listener listener;
        private boolean closed;

        @Override
        public ProviderSocket open(
                SocketCall called, Patience patience, Listener listening, ScheduledExecutorService loop) {
            call = called;
            listener = listening;
            listening.opened(this);
            return this;
        }

        Listener deepgram() {
            return Objects.requireNonNull(listener);
        }

        String query() {
            return Objects.requireNonNull(call).uri().toString();
        }

        @Override
        public void send(String text) {
            said.add(text);
        }

        @Override
        public void send(byte[] bytes) {
            heard.add(bytes.length);
        }

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public void abort() {
            closed = true;
        }
    }

    private static final class Ear implements LiveEar {
        private final List<Phrase> heard = new ArrayList<>();
        private final List<String> ends = new ArrayList<>();

        @Override
        public void heard(Phrase phrase) {
            heard.add(phrase);
        }

        @Override
        public void reached(int channel, double seconds) {}

        @Override
        public void ready() {}

        @Override
        public void ended() {
            ends.add("ended");
        }

        @Override
        public void failed(ProviderFailure failure) {
            ends.add(failure.why().word());
        }
    }

    @BeforeEach
    void open() throws IOException, InterruptedException {
        LiveRequest request = new LiveRequest(
                new UUID(0, 1),
                "acme",
                new UUID(0, 2),
                "mary",
                "stream",
                new RawAudio(Encoding.MULAW, 8_000, 2),
                "en",
                null,
                null,
                new Options(Map.of(Option.MULTICHANNEL, List.of("true"), Option.KEYTERM, List.of("Acme Inc"))),
                true,
                Duration.ofMillis(300),
                null,
                false,
                false,
                null,
                Instant.EPOCH);
        Attempt attempt = new Attempt(
                "nova-3", new Credential("k", "s3cret"), Patience.of(Duration.ofSeconds(9), Clock.systemUTC()), true);
        leg = deepgram.open(request, attempt, ear, loop);
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private LiveLeg leg() {
        return Objects.requireNonNull(leg);
    }

    @Test
    void the_stream_is_asked_for_in_deepgrams_words() {
        assertThat(socket.query())
                .startsWith("https://dg.example/v1/listen?")
                .contains(
                        "model=nova-3",
                        "language=en",
                        "encoding=mulaw",
                        "sample_rate=8000",
                        "channels=2",
                        "multichannel=true",
                        "interim_results=true",
                        "endpointing=300",
                        "keyterm=Acme+Inc")
                .doesNotContain("s3cret");
        assertThat(deepgram.connections()).isOne();
    }

    @Test
    void results_become_phrases() {
        leg().hear(new byte[160]);
        socket.deepgram()
                .text(
                        """
                        {"type":"Results","channel_index":[1,2],"start":1.5,"duration":2.0,"is_final":true,"speech_final":true,
                         "from_finalize":false,"channel":{"alternatives":[{"transcript":"Hello.","confidence":0.9,"words":[
                         {"word":"hello","start":1.6,"end":2.0,"confidence":0.9,"punctuated_word":"Hello.","speaker":1}]}]}}""");

        assertThat(ear.heard).hasSize(1);
        Phrase phrase = ear.heard.get(0);
        assertThat(phrase.channel()).isOne();
        assertThat(phrase.end()).isEqualTo(3.5);
        assertThat(phrase.settled() && phrase.endpoint() && !phrase.asked()).isTrue();
        assertThat(phrase.words().get(0).punctuated()).isEqualTo("Hello.");
        assertThat(phrase.words().get(0).speaker()).isOne();
    }

    @Test
    void it_is_ended_once_deepgram_has_told_all() {
        leg().settle();
        leg().end();
        assertThat(socket.said).containsExactly("{\"type\":\"Finalize\"}", "{\"type\":\"CloseStream\"}");

        socket.deepgram().text("{\"type\":\"Metadata\",\"duration\":1.0}");

        assertThat(ear.ends).containsExactly("ended");
        assertThat(socket.closed).isTrue();
        assertThat(deepgram.connections()).isZero();
        leg().abort();
        socket.deepgram().closed(1000, "");
        assertThat(ear.ends).hasSize(1);
        assertThat(deepgram.connections()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "1008, DATA-0000, rejected",
        "1011, NET-0000, server_error",
        "1011, NET-0001, timeout",
        "1006, '', broken_off",
        "1000, '', broken_off"
    })
    void how_it_is_closed_tells_what_went_wrong(int code, String reason, String why) {
        socket.deepgram().closed(code, reason);

        assertThat(ear.ends).containsExactly(why);
        assertThat(deepgram.connections()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"{\"type\":\"Results\",\"channel\":", "{}", "{\"type\":\"Results\",\"start\":0}", "what?"})
    void garbage_is_a_failure(String message) {
        socket.deepgram().text(message);

        assertThat(ear.ends).containsExactly("garbage");
        assertThat(socket.closed).isTrue();
    }

    @Test
    void a_connection_that_waits_for_audio_is_kept_alive_and_its_times_are_put_right() {
        await().atMost(Duration.ofSeconds(20)).until(() -> !socket.said.isEmpty());

        assertThat(socket.said).containsOnly("{\"type\":\"KeepAlive\"}");
        assertThat(socket.heard).containsExactly(1_600); // a tenth of a second of silence
        socket.deepgram()
                .text(
                        """
                        {"type":"Results","channel_index":[0,2],"start":0.0,"duration":1.1,"is_final":false,
                         "channel":{"alternatives":[{"transcript":"so","confidence":0.9,"words":[
                         {"word":"so","start":0.6,"end":0.8}]}]}}""");
        assertThat(ear.heard.get(0).start()).isZero();
        assertThat(ear.heard.get(0).end()).isEqualTo(1);
        assertThat(ear.heard.get(0).words().get(0).start()).isEqualTo(0.5);
    }
}
