package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.audio.Recording;
import org.caravox.fakes.Rule;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.transcription.deepgram.DeepgramTranscriber;
import org.junit.jupiter.api.Test;

class DeepgramTranscriberTest extends RemoteTranscriberContract {

    private static final URI ADDRESS = URI.create("https://recordings.example/a%20call.wav?sign=1%2B1");

    DeepgramTranscriberTest() {
        super("deepgram");
    }

    @Override
    Transcriber make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new DeepgramTranscriber(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return settings("deepgram", base, Models.of("nova-3", "nova-2"), List.of("en", "de"), Map.of());
    }

    @Test
    void a_recording_that_is_here_is_sent_as_it_is() throws Exception {
        hear(Options.NONE);

        assertThat(seen().method() + " " + seen().path()).isEqualTo("POST /v1/listen");
        assertThat(seen().header("authorization")).startsWith("Token ");
        assertThat(seen().header("content-type")).isEqualTo("application/octet-stream");
        assertThat(seen().bodyBytes()).isEqualTo(Files.size(CLIP.file()));
        assertThat(query(seen())).isEqualTo(Map.of("model", List.of("nova-3"), "punctuate", List.of("true")));
    }

    @Test
    void an_address_is_handed_on_and_not_fetched() throws Exception {
        Heard heard = transcribe(request("de", Options.NONE), elsewhere(), forCaller());

        assertThat(seen().header("content-type")).isEqualTo("application/json");
        assertThat(seen().body()).isEqualTo(JSON.createObjectNode().put("url", ADDRESS.toString()));
        assertThat(query(seen())).containsEntry("language", List.of("de"));
        assertThat(heard.language()).isEqualTo("de");
    }

    private static RecordingSource elsewhere() {
        return new RecordingSource() {
            @Override
            public Optional<URI> url() {
                return Optional.of(ADDRESS);
            }

            @Override
            public Path file() {
                throw new AssertionError("it was fetched");
            }

            @Override
            public Recording recording() {
                throw new AssertionError("it was fetched");
            }
        };
    }

    @Test
    void all_wishes_are_passed_on_as_its_contract_has_them() throws Exception {
        hear(everything());

        assertThat(query(seen()))
                .containsEntry("diarize", List.of("true"))
                .containsEntry("detect_entities", List.of("true"))
                .containsEntry("summarize", List.of("v2"))
                .containsEntry("redact", List.of("pci", "pii", "numbers"))
                .containsEntry("keyterm", List.of("Caravox & Söhne", "Caravox & Söhne"))
                .containsEntry("utt_split", List.of("1.5"))
                .containsEntry("punctuate", List.of("true"))
                .hasSizeGreaterThanOrEqualTo(transcriber().honours().size());
        assertThat(VendorContract.of("deepgram/openapi.trimmed.yaml").queryParameters("/v1/listen", "post"))
                .containsAll(query(seen()).keySet());
    }

    @Test
    void lists_are_repeated_and_older_models_get_key_words() throws Exception {
        Options options = new Options(Map.of(
                Option.KEYWORDS, List.of("Caravox:2", "hub"),
                Option.REDACT, List.of("pci", "numbers"),
                Option.UTT_SPLIT, List.of("0.5")));

        transcriber()
                .transcribe(
                        request(options),
                        at(CLIP),
                        forCaller(),
                        new Attempt("nova-2", credential(), forCaller().patience(), true));

        assertThat(query(seen()))
                .containsEntry("keywords", List.of("Caravox:2", "hub"))
                .containsEntry("redact", List.of("pci", "numbers"))
                .containsEntry("utterances", List.of("true"))
                .doesNotContainKeys("keyterm", "diarize");
    }

    @Test
    void a_language_is_found_out_where_that_is_wished() throws Exception {
        transcribe(request("de", wish(Option.DETECT_LANGUAGE, "de", "en")), at(CLIP), forCaller());

        assertThat(query(seen()))
                .containsEntry("detect_language", List.of("de", "en"))
                .doesNotContainKey("language");
    }

    @Test
    void what_is_not_passed_on_is_told() {
        Options weighted = wish(Option.KEYWORDS, "Caravox:2", "hub");

        assertThat(transcriber().cannot(request(weighted))).containsExactly("keywords");
        assertThat(transcriber().cannot(request(wish(Option.KEYWORDS, "Caravox", "hub"))))
                .isEmpty();
        assertThat(transcriber().cannot(request("de", wish(Option.DETECT_LANGUAGE, "true"))))
                .containsExactly("language");
        assertThat(transcriber().cannot(request(wish(Option.DETECT_LANGUAGE, "true"))))
                .isEmpty();
    }

    @Test
    void words_have_their_punctuation_speaker_and_confidence() throws Exception {
        Heard heard = hear(wish(Option.DIARIZE, "true"));

        assertThat(heard.utterances()).extracting(Utterance::speaker).containsExactly(0, 1);
        assertThat(text(heard, 0)).isEqualTo("The quick brown fox jumps over the lazy dog.");
        Word first = heard.utterances().get(0).words().get(0);
        assertThat(first).isEqualTo(new Word("the", 0, 0.25, 0.98, "The", 0));
    }

    @Test
    void utterances_are_as_it_tells_them_when_they_are_asked_for() throws Exception {
        Heard heard = transcribe(
                request(new Options(Map.of(Option.UTTERANCES, List.of("true"), Option.MULTICHANNEL, List.of("true")))),
                at(CALL),
                forCaller());

        assertThat(query(seen())).containsEntry("utterances", List.of("true"));
        assertThat(heard.channels()).isEqualTo(2);
        assertThat(heard.utterances()).extracting(Utterance::channel).containsExactly(0, 1);
    }

    @Test
    void a_pause_begins_another_utterance() throws Exception {
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("metadata").put("duration", 4.5);
        ObjectNode best = answer.putObject("results")
                .putArray("channels")
                .addObject()
                .put("detected_language", "de")
                .putArray("alternatives")
                .addObject()
                .put("transcript", "ja gut nein");
        best.putArray("words")
                .add(word("ja", 0.1, 0.3))
                .add(word("gut", 1.1, 1.5))
                .add(word("nein", 2.4, 3));
        script(new Rule().body(answer));

        Heard heard = hear(Options.NONE);

        assertThat(heard.language()).isEqualTo("de");
        assertThat(heard.utterances()).extracting(Utterance::transcript).containsExactly("ja gut", "nein");
    }

    private static ObjectNode word(String word, double start, double end) {
        return JSON.createObjectNode().put("word", word).put("start", start).put("end", end);
    }

    @Test
    void what_it_finds_beyond_the_words_is_kept() throws Exception {
        ObjectNode answer = (ObjectNode)
                JSON.readTree(
                        """
                {"metadata": {"duration": 1.5},
                 "results": {
                   "channels": [{"alternatives": [{"transcript": "", "words": [],
                                                   "entities": [{"label": "NAME", "value": "John"}]}],
                                 "search": [{"query": "fox", "hits": []}]}],
                   "summary": {"result": "success", "short": "They talked."},
                   "topics": {"segments": []}}}""");
        script(new Rule().body(answer));

        Heard heard = hear(wish(Option.SUMMARIZE, "true"));

        assertThat(heard.insights())
                .isEqualTo(
                        JSON.readTree(
                                """
                        {"summarize": {"result": "success", "short": "They talked."},
                         "topics": {"segments": []},
                         "search": [{"query": "fox", "hits": [], "channel": 0}],
                         "entities": [{"label": "NAME", "value": "John", "channel": 0}]}"""));
    }

    @Test
    void the_body_with_an_address_is_as_its_contract_says() throws Exception {
        transcribe(request(Options.NONE), elsewhere(), forCaller());

        VendorContract.of("deepgram/openapi.trimmed.yaml").assertValid("ListenV1RequestUrl", seen().body());
    }
}
