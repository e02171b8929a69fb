package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.caravox.fakes.Kind;
import org.caravox.fakes.Rule;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.Voice;
import org.caravox.speech.elevenlabs.ElevenLabsVoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElevenLabsVoiceTest extends RemoteVoiceContract {

    ElevenLabsVoiceTest() {
        super("elevenlabs");
    }

    @Override
    Voice make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new ElevenLabsVoice(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return new RemoteSettings(
                "elevenlabs",
                base,
                Models.of("eleven_flash_v2_5", "eleven_multilingual_v2"),
                List.of("*"),
                Map.of("voice", "21m00Tcm4TlvDq8ikWAM", "voices.alloy", "alloys-voice"));
    }

    @Override
    int charactersInACall() {
        return 5_000;
    }

    @Test
    void what_is_asked_for_is_passed_on() throws Exception {
        say(asking("alloy", "de-DE", 1.1, null, null));

        assertThat(JSON.readTree(sent().get(0)))
                .isEqualTo(
                        JSON.readTree(
                                """
                {"text": "Hello.", "model_id": "eleven_flash_v2_5", "language_code": "de",
                 "voice_settings": {"speed": 1.1}}"""));
        assertThat(seen().path()).isEqualTo("/v1/text-to-speech/alloys-voice/stream");
        assertThat(seen().query()).isEqualTo("output_format=pcm_16000");
    }

    @ParameterizedTest
    @CsvSource({
        "MULAW, 8000, ulaw_8000",
        "ALAW, 8000, alaw_8000",
        "MP3, 44100, mp3_44100_64",
        "LINEAR16, 8000, pcm_8000"
    })
    void forms_have_their_own_names(AudioFormat.Encoding encoding, int rateHz, String name) throws Exception {
        say(request("Hello.").in(new AudioFormat(encoding, AudioFormat.Container.NONE, rateHz)));

        assertThat(seen().query()).isEqualTo("output_format=" + name);
    }

    @Test
    void a_quota_hides_behind_401() {
        script(new Rule().kind(Kind.QUOTA));

        assertThatThrownBy(() -> say(request("Hello.")))
                .isInstanceOfSatisfying(ProviderFailure.class, failure -> assertThat(failure.why())
                        .isEqualTo(Cause.QUOTA));
    }

    @Test
    void a_plan_that_is_full_is_told_from_a_system_that_is_busy() {
        script(new Rule().times(1).kind(Kind.RATE_LIMIT_NO_RETRY_AFTER), new Rule().kind(Kind.OVERLOADED));

        assertThatThrownBy(() -> say(request("Hello.")))
                .isInstanceOfSatisfying(
                        ProviderFailure.class, full -> assertThat(full.why()).isEqualTo(Cause.NO_CAPACITY));
        assertThatThrownBy(() -> say(request("Hello.")))
                .isInstanceOfSatisfying(
                        ProviderFailure.class, busy -> assertThat(busy.why()).isEqualTo(Cause.RATE_LIMITED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/b", "a?b=c", "a#b", "%2e%2e", "", "a b"})
    void the_name_of_a_voice_cannot_change_the_address(String name) throws Exception {
        say(asking(name, null, null, null, null));

        assertThat(seen().path()).isEqualTo("/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream");
    }

    @Test
    void a_name_that_is_no_id_of_its_own_is_spoken_by_the_usual_voice_and_told() throws Exception {
        assertThat(voice().cannot(asking("nova", null, null, null, null))).containsExactly("voice");
        assertThat(voice().cannot(asking("alloy", null, null, null, null))).isEmpty();
        assertThat(voice().cannot(asking("EXAVITQu4vr4xnSDxMaL", null, null, null, null)))
                .isEmpty();

        say(asking("EXAVITQu4vr4xnSDxMaL", null, null, null, null));

        assertThat(seen().path()).isEqualTo("/v1/text-to-speech/EXAVITQu4vr4xnSDxMaL/stream");
    }

    @Test
    void what_it_cannot_do_is_said() {
        assertThat(voice().cannot(asking(null, "en", 1.3, "Whisper.", null)))
                .containsExactlyInAnyOrder("instructions", "speed");
    }
}
