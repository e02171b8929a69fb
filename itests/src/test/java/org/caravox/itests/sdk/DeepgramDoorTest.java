package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.WordErrorRate;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the SDKs hide: bodies, headers and errors of the door that they speak. */
class DeepgramDoorTest {

    private static final int WAV_HEADER_BYTES = 58;

    private final Caller caller = SharedHub.hub().newTenant();

    private Answer listen(String query, String type, byte[] body) {
        return caller.send(caller.request("/v1/listen" + query)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body)));
    }

    private static void assertHeard(Answer answer) {
        String heard = answer.expect(200)
                .json()
                .at("/results/channels/0/alternatives/0/transcript")
                .asText();
        assertThat(WordErrorRate.of(Sample.PHONE_CLIP.text(), heard)).as(heard).isLessThan(0.3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"audio/wav", "application/octet-stream", "deepgram/audio+video", "text/plain"})
    void any_content_type_but_json_is_a_recording(String type) {
        assertHeard(listen("", type, Sample.PHONE_CLIP.bytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Token", "token", "TOKEN", "Bearer", "bearer"})
    void the_key_comes_with_either_word_in_any_case(String scheme) {
        Answer answer = caller.send(HttpRequest.newBuilder(java.net.URI.create(caller.url() + "/v1/listen"))
                .header("Authorization", scheme + " " + caller.key())
                .POST(BodyPublishers.noBody()));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.member("err_msg")).startsWith("the body is empty");
    }

    @Test
    void samples_without_a_header_are_read_as_the_query_says() {
        byte[] file = Sample.PHONE_CLIP.bytes();
        byte[] samples = Arrays.copyOfRange(file, WAV_HEADER_BYTES, file.length);

        Answer known = listen("?encoding=mulaw&sample_rate=8000", "audio/raw", samples);
        Answer chunked = caller.send(caller.request("/v1/listen?encoding=mulaw&sample_rate=8000&channels=1")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(samples))));

        assertHeard(known);
        assertHeard(chunked);
        assertThat(known.json().at("/metadata/duration").asDouble())
                .isEqualTo(chunked.json().at("/metadata/duration").asDouble());
    }

    @Test
    void a_transcript_is_as_the_contract_says() {
        DeepgramContract.assumePresent();

        Answer all = listen(
                "?multichannel=true&utterances=true&tag=a&extra=k:v&detect_language=true&mip_opt_out=true",
                "audio/wav",
                Sample.BOOKING_CALL.bytes());

        DeepgramContract.assertValid("ListenV1Response", all.expect(200).json());
        assertThat(all.header("dg-request-id"))
                .isEqualTo(all.json().at("/metadata/request_id").asText());
        assertThat(all.header("x-caravox-warnings")).contains("option detect_language is not honoured by vosk");
        assertThat(all.json().at("/metadata/extra/k").asText()).isEqualTo("v");
        assertThat(all.json().at("/results/channels/0/detected_language").isMissingNode())
                .isTrue();
    }

    @Test
    void channels_are_one_unless_they_are_wanted_apart() {
        JsonNode together = listen("?utterances=true", "audio/wav", Sample.BOOKING_CALL.bytes())
                .expect(200)
                .json();

        assertThat(together.at("/metadata/channels").asInt()).isEqualTo(1);
        assertThat(together.at("/results/channels")).hasSize(1);
        assertThat(together.at("/results/utterances").findValuesAsText("channel"))
                .containsOnly("0");
    }

    @Test
    void the_transcript_can_be_found_under_the_requests_id() {
        Answer answer = caller.send(caller.request("/v1/listen")
                .header("X-User-Id", "mary")
                .POST(BodyPublishers.ofByteArray(Sample.PHONE_CLIP.bytes())));

        Answer stored = caller.get("/transcripts/" + answer.expect(200).header("dg-request-id"));
        assertThat(stored.expect(200).member("userId")).isEqualTo("mary");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?colour=red                 | unknown query parameter \"colour\"",
                "?diarize=maybe              | diarize must be true or false",
                "?model=a&model=b            | model is given twice",
                "?encoding=linear16          | encoding linear16 needs sample_rate",
                "?encoding=g729              | encoding g729 cannot be read without a container here",
                "?sample_rate=1              | sample_rate must be a whole number",
                "?redact=pci                 | option redact is not honoured by provider vosk",
                "?model=no-such-model        | model \"no-such-model\" is not known",
                "?callback=http://10.0.0.1/  | callback must be a public address",
                "?callback_method=GET        | callback_method must be post, put",
                "?summarize=v9               | summarize must be",
            })
    void what_cannot_be_done_is_refused(String query, String sentence) {
        Answer answer = listen(query, "audio/wav", Sample.PHONE_CLIP.bytes());

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.member("err_code")).isEqualTo("Bad Request");
        assertThat(answer.member("err_msg")).startsWith(sentence);
        assertThat(answer.member("request_id")).isEqualTo(answer.header("dg-request-id"));
        assertThat(answer.header("dg-error")).startsWith(sentence);
    }

    @Test
    void json_that_cannot_be_read_is_told_in_the_modern_form() {
        DeepgramContract.assumePresent();

        Answer answer = caller.postJson("/v1/listen", "{\"url\":");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.member("category")).isEqualTo("INVALID_JSON");
        DeepgramContract.assertValid("ErrorResponseModernError", answer.json());
    }

    @Test
    void a_wrong_key_is_answered_while_the_recording_is_still_being_sent() {
        Caller stranger = new Caller(caller.url(), "wrong");

        Answer answer = stranger.send(
                stranger.request("/v1/listen").POST(BodyPublishers.ofByteArray(new byte[8 * 1024 * 1024])));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.member("err_code")).isEqualTo("INVALID_AUTH");
    }

    @Test
    void what_is_too_large_is_413() {
        Answer recording = listen("", "audio/wav", new byte[SharedHub.MAX_SIZE_BYTES + 1]);
        Answer text = caller.postJson("/v1/speak", Map.of("text", "a".repeat(2_001)));

        assertThat(recording.status()).isEqualTo(413);
        assertThat(text.status()).isEqualTo(413);
        assertThat(text.member("err_msg")).contains("2001 characters");
    }

    @ParameterizedTest
    @CsvSource({
        "encoding=mp3&sample_rate=8000, sample_rate 8000 does not go with encoding mp3: use 22050",
        "encoding=opus&container=wav, container wav does not go with encoding opus: use ogg",
        "encoding=mulaw&sample_rate=44100, sample_rate 44100 does not go with encoding mulaw",
        "callback=http://a.example/, callback is not offered for speech",
        "speed=9, speed must be a number",
    })
    void audio_that_cannot_be_made_is_refused(String query, String sentence) {
        Answer answer = caller.postJson("/v1/speak?" + query, Map.of("text", "Hello."));

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.member("err_msg")).startsWith(sentence);
    }
}
