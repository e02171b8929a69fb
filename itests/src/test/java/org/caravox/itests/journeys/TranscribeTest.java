package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.Form;
import org.caravox.itests.hub.SharedHub;
import org.caravox.itests.sources.SourceServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A recording goes in by every door there is, and its transcript comes out. */
class TranscribeTest {

    @AutoClose
    private static SourceServer sources;

    private final Caller caller = SharedHub.hub().newTenant();

    @BeforeAll
    static void serve() throws IOException {
        sources = new SourceServer();
    }

    @Test
    void a_recording_at_an_address_is_fetched_and_transcribed() {
        String url = sources.serve("voicemail.mp3", Sample.VOICEMAIL.bytes());

        Answer answer = caller.postJson("/transcribe", Map.of("audioUrl", url, "userId", "mary"));

        assertThat(answer.expect(200).member("transcript")).isEqualTo(Sample.VOICEMAIL.text());
    }

    @Test
    void a_recording_behind_a_redirect_is_fetched_too() {
        String url = sources.redirectTo(sources.serve("clip.wav", Sample.PHONE_CLIP.bytes()));

        Answer answer = caller.postJson("/transcribe", Map.of("audioUrl", url, "userId", "mary"));

        assertThat(answer.expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
    }

    @Test
    void a_recording_in_a_form_is_transcribed_wherever_in_it_the_file_stands() {
        Form fileLast = new Form().field("userId", "mary").file(Sample.PHONE_CLIP.bytes());
        Form fileFirst = new Form().file(Sample.PHONE_CLIP.bytes()).field("userId", "mary");

        Answer last = caller.send(fileLast.of(caller));
        Answer first = caller.send(fileFirst.of(caller));

        assertThat(last.expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
        assertThat(first.expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
    }

    @Test
    void a_recording_as_the_body_is_transcribed() {
        Answer answer = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary"));

        assertThat(answer.expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
    }

    @Test
    void a_recording_that_curl_declares_to_be_a_form_is_transcribed() {
        Answer answer = caller.send(caller.uploading(Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary"))
                .setHeader("Content-Type", "application/x-www-form-urlencoded"));

        assertThat(answer.expect(200).member("transcript")).isEqualTo(Sample.PHONE_CLIP.text());
    }

    @Test
    void the_answer_tells_all_that_is_known_of_the_recording() {
        Answer answer = caller.upload(
                Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary", "metadata", "{\"call\":\"4711\",\"list\":[1]}"));

        JsonNode told = answer.expect(200).json();
        assertThat(told.get("userId").asText()).isEqualTo("mary");
        assertThat(told.get("provider").asText()).isEqualTo("vosk");
        assertThat(told.get("model").asText()).isEqualTo("vosk-model-en-0.3.45");
        assertThat(told.get("language").asText()).isEqualTo("en");
        assertThat(told.get("duration").asDouble()).isBetween(6.3, 6.6);
        assertThat(told.get("confidence").asDouble()).isBetween(0.5, 1.0);
        assertThat(told.get("metadata").toString()).isEqualTo("{\"call\":\"4711\",\"list\":[1]}");
        assertThat(answer.header("X-Request-Id"))
                .isEqualTo(told.get("requestId").asText());
    }

    @Test
    void every_word_has_its_place_in_the_recording() {
        JsonNode words = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary"))
                .expect(200)
                .json()
                .get("words");

        assertThat(words.findValuesAsText("word"))
                .containsExactly(Sample.PHONE_CLIP.text().split(" "));
        double before = 0;
        for (JsonNode word : words) {
            assertThat(word.get("start").asDouble()).isGreaterThanOrEqualTo(before);
            assertThat(word.get("end").asDouble())
                    .isGreaterThan(word.get("start").asDouble());
            assertThat(word.get("confidence").asDouble()).isBetween(0.0, 1.0);
            before = word.get("start").asDouble();
        }
        assertThat(before).isLessThan(6.6);
    }

    @Test
    void each_channel_of_a_stereo_recording_is_transcribed_by_itself_and_labelled() {
        JsonNode told = caller.upload(Sample.BOOKING_CALL.bytes(), Map.of("userId", "mary"))
                .expect(200)
                .json();

        JsonNode channels = told.get("channels");
        assertThat(channels.findValuesAsText("label")).containsExactly("left", "right");
        assertThat(channels.get(0).get("transcript").asText())
                .isEqualTo(Sample.BOOKING_CALL.channels().get(0));
        assertThat(channels.get(1).get("transcript").asText())
                .isEqualTo(Sample.BOOKING_CALL.channels().get(1));
        assertThat(told.get("utterances").get(0).get("channel").asInt()).isZero();
        assertThat(told.get("words")).hasSize(told.get("transcript").asText().split(" ").length);
    }

    @Test
    void the_transcript_is_stored_before_it_is_answered() {
        Answer answer = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "mary"))
                .expect(200);

        Answer stored = caller.get("/transcripts/" + answer.member("requestId")).expect(200);

        for (String member :
                new String[] {"transcript", "userId", "duration", "confidence", "channels", "utterances"}) {
            assertThat(stored.json().get(member))
                    .as(member)
                    .isEqualTo(answer.json().get(member));
        }
    }

    @Test
    void the_key_is_taken_in_each_of_its_headers() {
        Caller keyless = SharedHub.hub().nobody();

        Answer token = keyless.send(keyless.request("/jobs").header("Authorization", "Token " + caller.key()));
        Answer bearer = keyless.send(keyless.request("/jobs").header("Authorization", "bearer " + caller.key()));
        Answer apiKey = keyless.send(keyless.request("/jobs").header("X-API-Key", caller.key()));

        token.expect(200);
        bearer.expect(200);
        apiKey.expect(200);
    }
}
