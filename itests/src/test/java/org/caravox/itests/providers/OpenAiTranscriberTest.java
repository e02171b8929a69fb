package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.Recording;
import org.caravox.fakes.Rule;
import org.caravox.fakes.SeenRequest.SeenPart;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.caravox.transcription.openai.OpenAiTranscriber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiTranscriberTest extends RemoteTranscriberContract {

    @TempDir
    private Path folder;

    OpenAiTranscriberTest() {
        super("openai");
    }

    @Override
    Transcriber make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new OpenAiTranscriber(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return settings(
                "openai",
                URI.create(base + "/v1/"),
                Models.of("whisper-1", "gpt-4o-transcribe"),
                List.of("en", "de"),
                Map.of("max-bytes", "2000000"));
    }

    private Heard hear(String model, Options options) throws Exception {
        Attempt attempt = new Attempt(model, credential(), forCaller().patience(), true);
        return transcriber().transcribe(request("de-CH", options), at(CLIP), forCaller(), attempt);
    }

    @Test
    void a_recording_is_sent_under_a_name_that_fits_its_bytes() throws Exception {
        hear(Options.NONE);

        assertThat(seen().method() + " " + seen().path()).isEqualTo("POST /v1/audio/transcriptions");
        assertThat(seen().header("authorization")).startsWith("Bearer ");
        SeenPart file = seen().parts().stream()
                .filter(part -> part.name().equals("file"))
                .findFirst()
                .orElseThrow();
        assertThat(file.filename()).isEqualTo("recording.wav");
        assertThat(file.bytes()).isEqualTo(Files.size(CLIP.file()));
        assertThat(fields(seen(), "language")).isEmpty();
    }

    @Test
    void words_and_segments_are_asked_of_models_that_tell_them() throws Exception {
        Heard heard = hear("whisper-1", Options.NONE);

        assertThat(fields(seen(), "model")).containsExactly("whisper-1");
        assertThat(fields(seen(), "language")).containsExactly("de");
        assertThat(fields(seen(), "response_format")).containsExactly("verbose_json");
        assertThat(fields(seen(), "timestamp_granularities[]")).containsExactly("word", "segment");
        assertThat(heard.utterances()).hasSize(1);
        assertThat(heard.utterances().get(0).words()).hasSize(9).allMatch(word -> word.confidence() == null);
    }

    @Test
    void of_other_models_the_text_alone_is_asked_for() throws Exception {
        Heard heard = hear("gpt-4o-transcribe", Options.NONE);

        assertThat(fields(seen(), "response_format")).containsExactly("json");
        assertThat(fields(seen(), "timestamp_granularities[]")).isEmpty();
        assertThat(heard.duration()).isPositive();
        assertThat(heard.utterances()).hasSize(1);
        assertThat(heard.utterances().get(0).transcript()).startsWith("the quick brown fox");
        assertThat(heard.utterances().get(0).words()).isEmpty();
    }

    @Test
    void the_length_is_the_recordings_own_where_none_is_told() throws Exception {
        script(new Rule().body(JSON.readTree("{\"text\": \"hello\"}")));

        assertThat(hear("gpt-4o-transcribe", Options.NONE).duration())
                .isEqualTo(CLIP.info().duration());
    }

    @Test
    void all_wishes_are_passed_on_as_its_contract_has_them() throws Exception {
        hear(everything());

        assertThat(fields(seen(), "prompt")).containsExactly("Caravox & Söhne");
        assertThat(fields(seen(), "temperature")).containsExactly("0.2");
        assertThat(VendorContract.of("openai/openapi.trimmed.yaml").properties("CreateTranscriptionRequest"))
                .containsAll(seen().parts().stream()
                        .map(part -> part.name().replace("[]", ""))
                        .collect(Collectors.toSet()));
    }

    @Test
    void a_language_is_found_out_where_that_is_wished() throws Exception {
        Options wished = wish(Option.DETECT_LANGUAGE, "true");

        assertThat(hear("whisper-1", wished).language()).isEqualTo("en");
        assertThat(fields(seen(), "language")).isEmpty();
        assertThat(transcriber().cannot(request(wished))).isEmpty();
        assertThat(transcriber().cannot(request(wish(Option.DETECT_LANGUAGE, "de", "fr"))))
                .containsExactly("detect_language");
    }

    @Test
    void segments_become_utterances_with_the_words_that_begin_in_them() throws Exception {
        script(
                new Rule()
                        .body(
                                JSON.readTree(
                                        """
                                {"language": "german", "duration": "3.5", "text": " Guten Tag. Ja.",
                                 "words": [{"word": " Guten", "start": 0.1, "end": 0.5}, {"word": "Tag", "start": 0.6, "end": 1},
                                           {"word": "Ja", "start": 2.1, "end": 2.4}],
                                 "segments": [{"start": 0, "end": 1.5, "text": " Guten Tag."},
                                              {"start": 2.0, "end": 2.5, "text": " Ja."},
                                              {"start": 2.5, "end": 3.5, "text": " "}]}""")));

        Heard heard = hear(Options.NONE);

        assertThat(heard.language()).isEqualTo("de");
        assertThat(heard.duration()).isEqualTo(Duration.ofMillis(3500));
        assertThat(heard.utterances())
                .extracting(
                        Utterance::transcript,
                        utterance -> utterance.words().stream().map(Word::word).collect(Collectors.joining(" ")))
                .containsExactly(tuple("Guten Tag.", "Guten Tag"), tuple("Ja.", "Ja"));
    }

    @ParameterizedTest
    @CsvSource({
        "4f67675300020000, ogg",
        "664c614300000022, flac",
        "4944330400000000, mp3",
        "fffb904400000000, mp3",
        "000000206674797069736f6d, mp4",
        "00000020667479704d344120, m4a",
        "1a45dfa39f428681, webm",
        "524946460000000057415645, wav"
    })
    void the_file_name_ends_as_its_bytes_begin(String head, String extension) throws Exception {
        transcribe(recording(HexFormat.of().parseHex(head)), forCaller());

        assertThat(seen().parts())
                .filteredOn(part -> part.name().equals("file"))
                .extracting(SeenPart::filename)
                .containsExactly("recording." + extension);
    }

    @ParameterizedTest
    @CsvSource({"#!AMR, AMR", "RIFF----AVI , AVI", "x, too short"})
    void a_format_that_it_does_not_take_is_not_sent(String head, String what) throws Exception {
        Recording recording = recording(head.getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> transcribe(recording, forCaller()))
                .as(what)
                .isInstanceOf(ProviderRejected.class)
                .hasMessageContaining("flac, mp3");
    }

    @Test
    void what_is_too_large_is_not_sent() throws Exception {
        AudioInfo large = new AudioInfo("wav", "pcm_s16le", 8000, 1, Duration.ofMinutes(4), true);
        assertThat(transcriber().refuses(request(Options.NONE).withAudio(large)))
                .hasValueSatisfying(why -> assertThat(why).contains("2000000 bytes", "3840000"));

        assertThatThrownBy(() -> transcribe(recording(new byte[2_000_001]), forCaller()))
                .isInstanceOf(ProviderRejected.class)
                .hasMessageContaining("2000001");
    }

    private Recording recording(byte[] bytes) throws IOException {
        return new Recording(Files.write(folder.resolve("recording"), bytes), CLIP.info());
    }
}
