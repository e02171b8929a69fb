package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.caravox.fakes.Cut;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest;
import org.caravox.outbound.ProviderClient;
import org.caravox.outbound.Trust;
import org.caravox.providers.Attempt;
import org.caravox.providers.Chain;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderFailure.ProviderGone;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.speech.Voice;
import org.caravox.speech.VoiceContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text-to-speech provider over the network does, with the hub's own HTTP client and a fake of its vendor. */
abstract class RemoteVoiceContract extends VoiceContract {

    static final ObjectMapper JSON = JsonMapper.builder().build();

    private static final Credential GOOD = new Credential("tests", "the-good-key-for-tests");
    private static final Credential REVOKED = new Credential("tests", "a-revoked-key-for-tests");

    /** What the fake takes for a character. */
    private static final double SECONDS_A_CHARACTER = 0.06;

    private static FakeProviders fakes;
    private static ProviderClient http;

    private final String station;
    private final List<ProviderCall> calls = new CopyOnWriteArrayList<>();
    private Voice voice;

    RemoteVoiceContract(String station) {
        this.station = station;
    }

    /** Makes the provider under test. */
    abstract Voice make(RemoteSettings settings, ProviderHttp client, Clock clock);

    /** Its settings, as the hub ships with them, but for the address. */
    abstract RemoteSettings settings(URI base);

    /** How many characters of a text it takes in one call. */
    abstract int charactersInACall();

    @BeforeAll
    static void start() {
        fakes = FakeProviders.start(0);
        http = new ProviderClient(Trust.usual(), Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() throws IOException {
        http.close();
        fakes.close();
    }

    @BeforeEach
    void forget() {
        fakes.reset();
        fakes.keys(station, GOOD.secret());
        voice = make(
                settings(fakes.base(station)),
                (call, patience) -> {
                    calls.add(call);
                    return http.send(call, patience);
                },
                Clock.systemUTC());
    }

    @Override
    protected Voice voice() {
        return voice;
    }

    @Override
    protected Credential credential() {
        return GOOD;
    }

    void script(Rule... rules) {
        fakes.script(station, rules);
    }

    SeenRequest seen() {
        assertThat(fakes.requests(station)).hasSize(1);
        return fakes.requests(station).get(0);
    }

    /** The bodies that were sent, as text. */
    List<String> sent() {
        return calls.stream()
                .map(call -> (ProviderCall.Bytes) call.body())
                .map(body -> new String(body.bytes(), StandardCharsets.UTF_8))
                .toList();
    }

    List<ProviderCall> calls() {
        return calls;
    }

    SpeechRequest asking(
            @Nullable String voiceName,
            @Nullable String language,
            @Nullable Double speed,
            @Nullable String instructions,
            @Nullable String model) {
        return new SpeechRequest(
                new UUID(0, 1),
                "acme",
                null,
                model,
                voiceName,
                "Hello.",
                language,
                speed,
                instructions,
                voice.delivers(AudioFormat.pcm(16_000)));
    }

    byte[] say(SpeechRequest request) throws IOException, InterruptedException {
        try (Spoken spoken = speak(request)) {
            return spoken.audio().readAllBytes();
        }
    }

    private ProviderFailure failure() {
        return failure(GOOD, in(Duration.ofMinutes(1)));
    }

    /** What a chain makes of what comes out. */
    private ProviderFailure failure(Credential credential, Patience patience) {
        Attempt attempt = new Attempt(voice.models().usual(), credential, patience, true);
        Exception thrown = catchException(() -> voice.speak(request("Hello."), attempt));
        assertThat(thrown).isNotNull();
        assertThat(thrown.getMessage()).doesNotContain(credential.secret());
        ProviderFailure failure = Chain.failure(voice.provider(), thrown, patience);
        assertThat(failure.provider()).isEqualTo(voice.provider());
        assertThat(failure.getCause()).as("a bug").isNull();
        return failure;
    }

    @Test
    void it_needs_a_credential_and_shows_it_in_no_address() throws Exception {
        assertThat(voice.needsCredential()).isTrue();

        say(request("Hello."));

        assertThat(calls).allSatisfy(call -> assertThat(call.uri().toString()).doesNotContain(GOOD.secret()));
        assertThat(sent()).allSatisfy(body -> assertThat(body).doesNotContain(GOOD.secret()));
    }

    @ParameterizedTest
    @CsvSource({
        "LINEAR16, 8000",
        "LINEAR16, 11025",
        "LINEAR16, 16000",
        "LINEAR16, 24000",
        "LINEAR16, 44100",
        "LINEAR16, 48000",
        "MULAW, 8000",
        "ALAW, 8000",
        "MULAW, 16000",
        "FLAC, 24000",
        "MP3, 9000"
    })
    void samples_last_as_long_as_the_text_takes(Encoding encoding, int rateHz) throws Exception {
        AudioFormat format = voice.delivers(new AudioFormat(encoding, Container.NONE, rateHz));
        if (!format.encoding().isPcm()) {
            return;
        }
        byte[] audio = say(request(STORY).in(format));

        int sampleBytes = format.encoding() == Encoding.LINEAR16 ? 2 : 1;
        assertThat((double) audio.length / sampleBytes / format.sampleRateHz())
                .isCloseTo(STORY.length() * SECONDS_A_CHARACTER, org.assertj.core.data.Percentage.withPercentage(10));
    }

    @ParameterizedTest
    @CsvSource({"MP3, NONE, 24000", "MP3, NONE, 44100", "OPUS, OGG, 24000", "AAC, NONE, 24000", "FLAC, NONE, 24000"})
    void what_it_delivers_compressed_begins_as_such(Encoding encoding, Container container, int rateHz)
            throws Exception {
        AudioFormat wanted = new AudioFormat(encoding, container, rateHz);
        if (!voice.delivers(wanted).equals(wanted)) {
            return;
        }
        byte[] audio = say(request("Hello.").in(wanted));

        String head = new String(audio, 0, 4, StandardCharsets.ISO_8859_1);
        switch (encoding) {
            case OPUS -> assertThat(head).isEqualTo("OggS");
            case FLAC -> assertThat(head).isEqualTo("fLaC");
            default -> assertThat(head).matches("(?s)(ID3.|\u00ff[\u00e0-\u00ff]..)");
        }
    }

    @Test
    void the_first_bytes_are_there_long_before_the_last() throws Exception {
        script(new Rule().drip(2_000, Duration.ofMillis(20)));

        try (Spoken spoken = speak(request(STORY))) {
            assertThat(fakes.counters(station).answered()).isZero();
            assertThat(spoken.audio().readAllBytes().length).isGreaterThan(50_000);
        }
    }

    @Test
    void a_long_text_goes_out_in_parts_and_comes_back_as_one() throws Exception {
        String text = STORY.repeat(2 * charactersInACall() / STORY.length() + 1);

        byte[] audio = say(request(text));

        AudioFormat format = voice.delivers(AudioFormat.pcm(16_000));
        assertThat(calls).hasSizeBetween(3, 4);
        assertThat(audio.length / 2.0 / format.sampleRateHz())
                .isCloseTo(text.length() * SECONDS_A_CHARACTER, org.assertj.core.data.Percentage.withPercentage(10));
    }

    @Test
    void a_long_text_comes_as_pcm_where_its_parts_could_not_be_joined() throws Exception {
        String text = STORY.repeat(charactersInACall() / STORY.length() + 1);
        AudioFormat mp3 = new AudioFormat(Encoding.MP3, Container.NONE, 24_000);

        try (Spoken spoken = speak(request(text).in(mp3))) {
            assertThat(spoken.format().encoding()).isEqualTo(Encoding.LINEAR16);
            assertThat(spoken.format().sampleRateHz()).isEqualTo(24_000);
        }
    }

    @Test
    void a_later_part_that_fails_breaks_the_audio_off() throws Exception {
        String text = STORY.repeat(charactersInACall() / STORY.length() + 1);
        script(new Rule().times(1).latency(Duration.ofMillis(1)), new Rule().status(500));

        try (Spoken spoken = speak(request(text))) {
            assertThatThrownBy(() -> spoken.audio().readAllBytes())
                    .isInstanceOfAny(IOException.class, ProviderFailure.class);
        }
    }

    @Test
    void a_revoked_key_puts_the_credential_out_of_use() {
        ProviderFailure failure = failure(REVOKED, in(Duration.ofMinutes(1)));

        assertThat(failure).isInstanceOf(ProviderGone.class);
        assertThat(failure.why()).isEqualTo(Cause.CREDENTIAL);
    }

    @Test
    void a_plan_that_is_not_paid_puts_the_credential_out_of_use() {
        script(new Rule().status(402));

        assertThat(failure())
                .isInstanceOf(ProviderGone.class)
                .extracting(ProviderFailure::why)
                .isEqualTo(Cause.QUOTA);
    }

    @Test
    void too_many_requests_says_when_to_come_back() {
        script(new Rule().kind(Kind.RATE_LIMIT));

        assertThat(failure()).isInstanceOfSatisfying(ProviderBusy.class, busy -> assertThat(busy.retryAfter())
                .contains(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR", "OVERLOADED", "ERROR_IN_200", "GARBAGE"})
    void what_is_wrong_with_the_vendor_is_tried_elsewhere(Kind kind) {
        script(new Rule().kind(kind));

        assertThat(failure()).isInstanceOf(ProviderBusy.class);
    }

    @Test
    void what_is_wrong_with_the_request_is_no_fault_of_the_vendor() {
        script(new Rule().kind(Kind.BAD_REQUEST));

        assertThat(failure()).isInstanceOf(ProviderRejected.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"beforeHeaders", "reset", "afterBytes:0"})
    void what_breaks_off_before_the_first_byte_is_tried_elsewhere(String where) {
        script(new Rule().cut(Cut.parse(where)));

        assertThat(failure()).isInstanceOf(ProviderBusy.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"midStream", "afterBytes:5000"})
    void audio_that_is_cut_never_ends_as_if_it_were_whole(String where) {
        script(new Rule().cut(Cut.parse(where)));

        assertThatThrownBy(() -> say(request(STORY))).isInstanceOf(IOException.class);
    }

    @Test
    void it_does_not_wait_for_longer_than_it_may() {
        script(new Rule().hang());

        assertThat(failure(GOOD, in(Duration.ofMillis(300))).why()).isEqualTo(Cause.TIMEOUT);
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void audio_that_comes_too_slowly_ends_at_the_deadline() throws Exception {
        script(new Rule().drip(10, Duration.ofMillis(50)));

        try (Spoken spoken = speak(request(STORY), in(Duration.ofMillis(700)))) {
            assertThatThrownBy(() -> spoken.audio().readAllBytes()).isInstanceOf(IOException.class);
        }
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void when_the_caller_hangs_up_the_vendor_is_told_to_stop() {
        script(new Rule().hang());
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()), hangUp);
        CompletableFuture<ProviderFailure> failed = CompletableFuture.supplyAsync(() -> failure(GOOD, patience));
        await().until(() -> fakes.counters(station).requests() == 1);

        hangUp.hangUp();

        assertThat(failed).succeedsWithin(Duration.ofSeconds(20));
        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void when_the_audio_is_closed_early_the_vendor_is_told_to_stop() throws Exception {
        script(new Rule().drip(100, Duration.ofMillis(50)));

        try (Spoken spoken = speak(request(STORY))) {
            assertThat(spoken.audio().read()).isNotNegative();
        }

        await().until(() -> fakes.counters(station).disconnected() == 1);
    }

    @Test
    void it_keeps_its_connection_for_the_next_call() throws Exception {
        say(request("Hello."));
        say(request("Hello."));

        assertThat(fakes.counters(station).requests()).isEqualTo(2);
        assertThat(fakes.counters(station).connections()).isEqualTo(1);
    }

    @Test
    void a_probe_shows_whether_the_credential_is_good() throws Exception {
        assertThat(probe(GOOD)).isEqualTo(200);
        assertThat(probe(REVOKED)).isEqualTo(401);
    }

    private int probe(Credential credential) throws IOException {
        ProviderCall probe = voice.probe(credential).orElseThrow();
        try (ProviderAnswer answer = http.send(probe, in(Duration.ofSeconds(20)))) {
            return answer.status();
        }
    }
}
