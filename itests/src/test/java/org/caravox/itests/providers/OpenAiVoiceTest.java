package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.Voice;
import org.caravox.speech.openai.OpenAiVoice;
import org.junit.jupiter.api.Test;

class OpenAiVoiceTest extends RemoteVoiceContract {

    OpenAiVoiceTest() {
        super("openai");
    }

    @Override
    Voice make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new OpenAiVoice(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return new RemoteSettings(
                "openai",
                base.resolve(base.getPath() + "/v1"),
                Models.of("gpt-4o-mini-tts", "tts-1"),
                List.of("*"),
                Map.of("voice", "alloy"));
    }

    @Override
    int charactersInACall() {
        return 4_096;
    }

    @Test
    void what_is_asked_for_is_passed_on() throws Exception {
        say(asking("nova", "en", 3.0, "Whisper.", null));

        assertThat(JSON.readTree(sent().get(0)))
                .isEqualTo(
                        JSON.readTree(
                                """
                {"model": "gpt-4o-mini-tts", "input": "Hello.", "voice": "nova", "response_format": "pcm",
                 "speed": 3.0, "instructions": "Whisper."}"""));
    }

    @Test
    void it_has_one_rate_and_delivers_that_for_all_others() {
        assertThat(voice().delivers(AudioFormat.pcm(8_000))).isEqualTo(AudioFormat.pcm(24_000));
        assertThat(voice().delivers(AudioFormat.pcm(48_000))).isEqualTo(AudioFormat.pcm(24_000));
    }

    @Test
    void instructions_are_beyond_its_first_models() {
        assertThat(voice().cannot(asking(null, null, null, "Whisper.", "tts-1")))
                .containsExactly("instructions");
        assertThat(voice().cannot(asking(null, null, null, "Whisper.", null))).isEmpty();
    }
}
