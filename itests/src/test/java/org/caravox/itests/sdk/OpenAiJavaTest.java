package org.caravox.itests.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionStreamEvent;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.util.List;
import java.util.stream.Collectors;
import org.caravox.fakes.FakeProviders;
import org.caravox.fakes.Rule;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Caller;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code com.openai:openai-java} works with the hub as it is: nothing but its base URL and key are set. */
class OpenAiJavaTest {

    private static final FakeProviders FAKES = FakedHub.FAKES;

    private static OpenAIClient client;

    @BeforeAll
    static void connect() {
        client = client(FakedHub.hub().tenant("openai-java").key());
    }

    private static OpenAIClient client(String key) {
        Caller caller = FakedHub.hub().demo();
        return OpenAIOkHttpClient.builder()
                .baseUrl(caller.url() + "/v1")
                .apiKey(key)
                .build();
    }

    @AfterAll
    static void hang_up() {
        client.close();
    }

    @AfterEach
    void as_usual() {
        FAKES.reset();
    }

    private static TranscriptionCreateParams.Builder transcription() {
        FAKES.script("openai", new Rule().text("call me back please"));
        return TranscriptionCreateParams.builder()
                .file(Sample.PHONE_CLIP.file())
                .model("whisper-1");
    }

    private static ChatCompletionCreateParams chat(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage("hello")
                .build();
    }

    @Test
    void transcribes() {
        assertThat(client.audio()
                        .transcriptions()
                        .create(transcription().build())
                        .asTranscription()
                        .text())
                .isEqualTo("call me back please");
    }

    @Test
    void transcribes_with_times() {
        var verbose = client.audio()
                .transcriptions()
                .create(transcription()
                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                        .timestampGranularities(List.of(TranscriptionCreateParams.TimestampGranularity.WORD))
                        .build())
                .asVerbose()
                .validate();

        assertThat(verbose.language()).isEqualTo("english");
        assertThat(verbose.words().orElseThrow()).hasSize(4);
    }

    @Test
    void transcribes_in_events() {
        try (StreamResponse<TranscriptionStreamEvent> events =
                client.audio().transcriptions().createStreaming(transcription().build())) {
            List<TranscriptionStreamEvent> all = events.stream().toList();

            assertThat(all.get(all.size() - 1).asTranscriptTextDone().text()).isEqualTo("call me back please");
        }
    }

    @Test
    void speaks() throws Exception {
        try (HttpResponse answer = client.audio()
                .speech()
                .create(SpeechCreateParams.builder()
                        .model("tts-1")
                        .voice("alloy")
                        .input("good morning")
                        .responseFormat(SpeechCreateParams.ResponseFormat.WAV)
                        .build())) {
            assertThat(new String(answer.body().readNBytes(4), java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("RIFF");
        }
    }

    @Test
    void converses() {
        FAKES.script("openai", new Rule().text("Good morning."));

        ChatCompletion answer =
                client.chat().completions().create(chat("gpt-4o-mini")).validate();

        assertThat(answer.choices().get(0).message().content()).contains("Good morning.");
    }

    @Test
    void converses_piece_by_piece() {
        FAKES.script("openai", new Rule().text("Good morning."));

        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(chat("gpt-4o-mini"))) {
            String said = chunks.stream()
                    .map(ChatCompletionChunk::validate)
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());

            assertThat(said).isEqualTo("Good morning.");
        }
    }

    @Test
    void models_are_listed() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .contains("gpt-4o-mini", "whisper-1", "tts-1");
    }

    @Test
    void failures_are_of_the_classes_that_it_knows() {
        assertThatThrownBy(() -> client.chat().completions().create(chat("no-such-model")))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.audio()
                        .speech()
                        .create(SpeechCreateParams.builder()
                                .model("tts-1")
                                .voice("alloy")
                                .input("a".repeat(4097))
                                .build()))
                .isInstanceOf(BadRequestException.class);
        OpenAIClient nobody = client("nobody");
        assertThatThrownBy(() -> nobody.models().list()).isInstanceOf(UnauthorizedException.class);
        nobody.close();
    }
}
