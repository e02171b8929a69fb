package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider over the network transcribes, and the embedded one where it does not. */
class RemoteTranscriptionTest {

    private static final String KEY = "a-deepgram-key-for-tests";
    private static final Map<String, ?> SPEAKERS = Map.of("diarize", true);

    @AutoClose
    private static FakeProviders fakes;

    @AutoClose
    private static SourceServer sources;

    private static RunningHub hub;

    private final Caller caller = hub.newTenant();

    @BeforeAll
    static void start() throws IOException {
        fakes = FakeProviders.start(0);
        sources = new SourceServer();
        Map<String, String> settings = SharedHub.quickSettings();
        settings.put("caravox.secrets.deepgram", KEY);
        settings.put(
                "caravox.transcription.providers.deepgram.base-url",
                fakes.base("deepgram").toString());
        settings.put("caravox.transcription.chain.links[0].provider", "deepgram");
        settings.put("caravox.transcription.chain.links[1].provider", "vosk");
        hub = RunningHub.start(Files.createTempDirectory("caravox-remote-"), settings);
    }

    @AfterAll
    static void stop() {
        if (hub != null) {
            hub.closeAndForget();
        }
    }

    @BeforeEach
    void forget() {
        fakes.reset();
        fakes.keys("deepgram", KEY);
    }

    @Test
    void an_address_is_handed_on_and_speakers_are_told_apart() {
        String url = "https://recordings.example/call.wav";

        Answer answer = caller.postJson(
                "/transcribe", Map.of("audioUrl", url, "userId", "mary", "options", SPEAKERS, "model", "nova-3"));

        assertThat(answer.expect(200).member("provider")).isEqualTo("deepgram");
        assertThat(answer.member("model")).isEqualTo("nova-3");
        assertThat(answer.json().has("warnings")).isFalse();
        assertThat(answer.json().at("/channels/0/words"))
                .extracting(word -> word.path("speaker").asInt(-1))
                .contains(0, 1)
                .doesNotContain(-1);
        assertThat(answer.json().at("/channels/0/words/0/punctuated").asText()).isEqualTo("The");
        SeenRequest seen = listened().get(0);
        assertThat(seen.body().path("url").asText()).isEqualTo(url);
        assertThat(seen.query()).contains("model=nova-3", "diarize=true");
        assertThat(hub.log()).doesNotContain(KEY);
    }

    @Test
    void an_upload_that_it_fails_on_is_transcribed_here_with_a_warning() {
        fakes.script("deepgram", new Rule().times(1).status(500));

        Answer answer =
                caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary", "options", Caller.json(SPEAKERS)));

        assertThat(answer.expect(200).member("provider")).isEqualTo("vosk");
        assertThat(answer.member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(answer.json().path("warnings"))
                .extracting(JsonNode::asText)
                .containsExactly("option diarize is not honoured by vosk");
        assertThat(listened()).hasSize(1);
        assertThat(listened().get(0).bodyBytes()).isEqualTo(Sample.PHONE_CLIP.bytes().length);
    }

    @Test
    void an_address_that_it_cannot_use_is_fetched_and_transcribed_here() {
        fakes.script("deepgram", new Rule().times(1).kind(Kind.BAD_REQUEST));
        String url = sources.serve("clip.wav", Sample.PHONE_CLIP.bytes());

        Answer answer = caller.postJson("/transcribe", Map.of("audioUrl", url, "userId", "mary"));

        assertThat(answer.expect(200).member("provider")).isEqualTo("vosk");
        assertThat(answer.member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
    }

    @Test
    void a_job_is_transcribed_there_too_and_its_transcript_is_kept() {
        String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of("options", "{\"multichannel\":true}"));

        Answer ended = caller.awaitEnd(job);

        assertThat(ended.member("status")).as(ended.text()).isEqualTo("completed");
        Answer transcript = caller.get("/transcripts/" + job);
        assertThat(transcript.expect(200).member("provider")).isEqualTo("deepgram");
        assertThat(listened().get(0).query()).contains("multichannel=true");
    }

    @Test
    void a_job_that_is_cancelled_stops_the_provider_too() {
        fakes.script("deepgram", new Rule().path("/v1/listen").hang());
        String job = caller.submit(Sample.PHONE_CLIP.bytes(), Map.of());
        await().until(() -> listened().size() == 1);

        Answer cancelled = caller.delete("/jobs/" + job);

        assertThat(cancelled.expect(200).member("status")).isEqualTo("cancelled");
        await().atMost(Duration.ofSeconds(20)).until(() -> listened().get(0).disconnected());
        assertThat(listened()).hasSize(1);
        assertThat(caller.get("/jobs/" + job).member("status")).isEqualTo("cancelled");
    }

    private static List<SeenRequest> listened() {
        return fakes.requests("deepgram").stream()
                .filter(request -> request.path().equals("/v1/listen"))
                .toList();
    }
}
