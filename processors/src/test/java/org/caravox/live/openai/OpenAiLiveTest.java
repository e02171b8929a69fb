package org.caravox.live.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
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
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiLiveTest {

    private static final int RATE = 16_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final Random random = new Random(5);
    private final Sockets sockets = new Sockets();
    private final Ear ear = new Ear();
    private @Nullable LiveLeg leg;

    /** The ways out, which end here. */
    private static final class Sockets implements ProviderSockets {
        private final List<Socket> all = new ArrayList<>();

        @Override
        public ProviderSocket open(
                SocketCall call, Patience patience, Listener listener, ScheduledExecutorService loop) {
            Socket socket = new Socket(call, listener);
            all.add(socket);
            listener.opened(socket);
            return socket;
        }
    }

    private static final class Socket implements ProviderSocket {
        private final ProviderSockets.SocketCall call;
        private final ProviderSockets.Listener openai;
        private final List<JsonNode> said = new ArrayList<>();
        private boolean closed;

        Socket(ProviderSockets.SocketCall call, ProviderSockets.Listener openai) {
            this.call = call;
            this.openai = openai;
        }

        @Override
        public void send(String text) {
            try {
                said.add(JSON.readTree(text));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void send(byte[] bytes) {
            throw new AssertionError("binary");
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

        double sentSeconds() throws IOException {
            int bytes = 0;
            for (JsonNode event : said) {
                bytes += event.path("audio").binaryValue() == null
                        ? 0
                        : event.path("audio").binaryValue().length;
            }
            return bytes / 48_000.0;
        }

        long commits() {
            return said.stream()
                    .filter(event -> event.path("type").asText().equals("input_audio_buffer.commit"))
                    .count();
        }

        void committed(String item) {
            openai.text("{\"type\":\"input_audio_buffer.committed\",\"item_id\":\"" + item + "\"}");
        }

        void delta(String item, String delta) {
            openai.text("{\"type\":\"conversation.item.input_audio_transcription.delta\",\"item_id\":\"" + item
                    + "\",\"delta\":\"" + delta + "\"}");
        }

        void completed(String item, String transcript) {
            openai.text("{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"" + item
                    + "\",\"transcript\":\"" + transcript + "\"}");
        }
    }

    private static final class Ear implements LiveEar {
        private final List<Phrase> heard = new ArrayList<>();
        private final List<String> ends = new ArrayList<>();
        private double reached;

        @Override
        public void heard(Phrase phrase) {
            heard.add(phrase);
        }

        @Override
        public void reached(int channel, double seconds) {
            reached = seconds;
        }

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
        leg = open(1);
    }

    private LiveLeg open(int channels) throws IOException, InterruptedException {
        OpenAiLive openai = new OpenAiLive(
                new RemoteSettings(
                        "oa",
                        URI.create("https://oa.example/v1"),
                        Models.of("gpt-live-transcribe"),
                        List.of("*"),
                        Map.of()),
                sockets,
                JSON);
        LiveRequest request = new LiveRequest(
                new UUID(0, 1),
                "acme",
                new UUID(0, 2),
                "mary",
                "stream",
                new RawAudio(Encoding.LINEAR16, RATE, channels),
                "en-US",
                null,
                null,
                new Options(Map.of(Option.PROMPT, List.of("Acme Inc"))),
                true,
                null,
                null,
                false,
                false,
                null,
                Instant.EPOCH);
        Attempt attempt = new Attempt(
                "gpt-live-transcribe",
                new Credential("k", "s3cret"),
                Patience.of(Duration.ofSeconds(9), Clock.systemUTC()),
                true);
        return openai.open(request, attempt, ear, loop);
    }

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private LiveLeg leg() {
        return Objects.requireNonNull(leg);
    }

    private Socket socket() {
        return sockets.all.get(0);
    }

    /** Noise of this amplitude, which is what speech is to the hub. */
    private void hear(double seconds, double amplitude) {
        ByteBuffer pcm = ByteBuffer.allocate((int) (2 * RATE * seconds)).order(ByteOrder.LITTLE_ENDIAN);
        while (pcm.hasRemaining()) {
            pcm.putShort((short) (amplitude * random.nextGaussian()));
        }
        leg().hear(pcm.array());
    }

    private void speak(double seconds) {
        hear(seconds, 4_000);
    }

    private void pause(double seconds) {
        hear(seconds, 0);
    }

    @Test
    void a_transcription_session_is_asked_for() {
        JsonNode update = socket().said.get(0);

        assertThat(socket().call.uri()).hasToString("https://oa.example/v1/realtime?intent=transcription");
        assertThat(socket().call.headers()).containsEntry("Authorization", "Bearer s3cret");
        assertThat(update)
                .hasToString(
                        """
                        {"type":"session.update","session":{"type":"transcription","audio":{"input":{\
                        "format":{"type":"audio/pcm","rate":24000},"turn_detection":null,\
                        "transcription":{"model":"gpt-live-transcribe","language":"en","prompt":"Acme Inc"}}}}}""");
    }

    @Test
    void what_is_said_is_sent_while_it_is_said_and_silence_is_not() throws IOException {
        pause(2);
        assertThat(socket().said).hasSize(1);
        assertThat(ear.reached).isCloseTo(1.7, within(0.05));

        speak(1);
        assertThat(socket().sentSeconds()).isCloseTo(1.3, within(0.15));
        assertThat(socket().commits()).isZero();
        pause(2);

        assertThat(socket().commits()).isOne();
        assertThat(socket().sentSeconds()).isCloseTo(2, within(0.1));
    }

    @Test
    void words_come_while_they_are_spoken_and_are_settled_with_the_turn() {
        pause(1);
        speak(1);
        socket().delta("item_1", "So");
        speak(1);
        socket().delta("item_1", " what");
        pause(1);
        socket().committed("item_1");
        socket().completed("item_1", "So what?");

        assertThat(ear.heard).extracting(Phrase::transcript).containsExactly("So", "So what", "So what?");
        assertThat(ear.heard).extracting(Phrase::settled).containsExactly(false, false, true);
        Phrase settled = ear.heard.get(2);
        assertThat(settled.start()).isCloseTo(0.75, within(0.05));
        assertThat(settled.end()).isCloseTo(3.7, within(0.05));
        assertThat(settled.endpoint()).isTrue();
        assertThat(ear.heard.get(0).end()).isCloseTo(2, within(0.05));
    }

    @Test
    void turns_are_told_in_their_order_whichever_is_transcribed_first() {
        speak(1);
        pause(1);
        speak(1);
        pause(1);
        socket().committed("a");
        socket().committed("b");
        socket().completed("b", "second");
        assertThat(ear.heard).isEmpty();
        socket().completed("a", "first");

        assertThat(ear.heard).extracting(Phrase::transcript).containsExactly("first", "second");
        assertThat(ear.heard.get(0).end()).isLessThanOrEqualTo(ear.heard.get(1).start());
    }

    @Test
    void it_is_settled_when_that_is_asked_for_and_long_speech_between_two_words() {
        speak(1);
        leg().settle();
        socket().completed("a", "one");
        assertThat(ear.heard.get(0).asked()).isTrue();
        assertThat(ear.heard.get(0).endpoint()).isFalse();

        speak(12);
        pause(0.2);
        speak(1);
        socket().completed("b", "two");
        assertThat(ear.heard.get(1).end()).isCloseTo(13.2, within(0.1));
        assertThat(ear.heard.get(1).endpoint()).isFalse();
        leg().settle();
        socket().completed("c", "three");
        assertThat(ear.heard.get(2).start()).isEqualTo(ear.heard.get(1).end());

        pause(5);
        leg().settle();
        assertThat(ear.heard.get(3).isSilence() && ear.heard.get(3).asked()).isTrue();
    }

    @Test
    void it_ends_once_all_is_told() throws IOException {
        pause(1);
        speak(0.07);
        leg().end();
        assertThat(socket().commits()).isOne();
        assertThat(socket().sentSeconds()).isGreaterThanOrEqualTo(0.1);
        assertThat(ear.ends).isEmpty();

        socket().completed("a", "hm");

        assertThat(ear.heard.get(0).endpoint()).isTrue();
        assertThat(ear.ends).containsExactly("ended");
        assertThat(socket().closed).isTrue();
        socket().openai.closed(1000, "");
        assertThat(ear.ends).hasSize(1);
    }

    @Test
    void a_stream_in_which_nobody_speaks_ends_at_once() {
        pause(3);
        leg().end();

        assertThat(ear.heard).hasSize(1).allMatch(Phrase::isSilence);
        assertThat(ear.ends).containsExactly("ended");
    }

    @Test
    void each_channel_has_a_connection_of_its_own() throws IOException, InterruptedException {
        sockets.all.clear();
        LiveLeg stereo = open(2);
        ByteBuffer pcm = ByteBuffer.allocate(4 * RATE).order(ByteOrder.LITTLE_ENDIAN);
        while (pcm.hasRemaining()) {
            pcm.putShort((short) 0).putShort((short) (4_000 * random.nextGaussian()));
        }
        stereo.hear(pcm.array());
        stereo.end();
        assertThat(sockets.all).extracting(Socket::commits).containsExactly(0L, 1L);
        assertThat(ear.ends).isEmpty();

        sockets.all.get(1).completed("a", "hello");

        assertThat(ear.heard).extracting(Phrase::channel).containsExactly(0, 1);
        assertThat(ear.ends).containsExactly("ended");
    }

    @ParameterizedTest
    @CsvSource({
        "invalid_api_key, invalid_request_error, credential",
        "insufficient_quota, insufficient_quota, quota",
        "rate_limit_exceeded, requests, rate_limited",
        "model_not_found, invalid_request_error, rejected",
        "'', server_error, server_error",
        "session_expired, invalid_request_error, broken_off"
    })
    void an_error_tells_what_went_wrong(String code, String type, String why) {
        socket().openai
                .text("{\"type\":\"error\",\"error\":{\"code\":\"" + code + "\",\"type\":\"" + type
                        + "\",\"message\":\"no\"}}");

        assertThat(ear.ends).containsExactly(why);
        assertThat(socket().closed).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1011, '', broken_off",
        "1000, '', broken_off",
        "3000, invalid_request_error.invalid_api_key, credential",
        "4000, what, server_error"
    })
    void so_does_how_it_is_closed(int code, String reason, String why) {
        socket().openai.closed(code, reason);

        assertThat(ear.ends).containsExactly(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "what?",
                "{}",
                "{\"type\":\"conversation.item.input_audio_transcription.completed\"}",
                "{\"type\":\"input_audio_buffer.committed\",\"item_id\":7}"
            })
    void garbage_is_a_failure(String message) {
        socket().openai.text(message);

        assertThat(ear.ends).containsExactly("garbage");
    }
}
