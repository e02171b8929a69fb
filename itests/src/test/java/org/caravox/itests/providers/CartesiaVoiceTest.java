package org.caravox.itests.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.caravox.providers.Models;
import org.caravox.providers.ProviderHttp;
import org.caravox.providers.RemoteSettings;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.Voice;
import org.caravox.speech.cartesia.CartesiaVoice;
import org.junit.jupiter.api.Test;

class CartesiaVoiceTest extends RemoteVoiceContract {

    CartesiaVoiceTest() {
        super("cartesia");
    }

    @Override
    Voice make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new CartesiaVoice(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return new RemoteSettings(
                "cartesia",
                base,
                Models.of("sonic-3.5", "sonic-2"),
                List.of("en", "de"),
                Map.of("voice", "usual-voice", "voices.alloy", "alloys-voice", "voices.de", "german-voice"));
    }

    @Override
    int charactersInACall() {
        return 5_000;
    }

    @Test
    void what_is_asked_for_is_passed_on() throws Exception {
        say(asking("alloy", "en-US", 1.25, null, null));

        JsonNode body = JSON.readTree(sent().get(0));
        assertThat(body)
                .isEqualTo(
                        JSON.readTree(
                                """
                {"model_id": "sonic-3.5", "transcript": "Hello.", "voice": {"mode": "id", "id": "alloys-voice"},
                 "language": "en", "generation_config": {"speed": 1.25},
                 "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 16000}}"""));
        assertThat(seen().header("Cartesia-Version")).isEqualTo("2026-03-01");
    }

    @Test
    void an_id_of_its_own_is_passed_on_and_a_language_has_its_own() throws Exception {
        say(asking("694f9389-aac1-45b6-b726-9d9369183238", null, null, null, null));
        say(asking(null, "de-DE", null, null, null));
        say(asking(null, null, null, null, null));

        assertThat(sent().get(0)).contains("694f9389-aac1-45b6-b726-9d9369183238");
        assertThat(sent().get(1)).contains("german-voice");
        assertThat(sent().get(2)).contains("usual-voice").doesNotContain("language", "generation_config");
    }

    @Test
    void a_name_that_is_no_id_of_its_own_is_spoken_by_the_usual_voice_and_told() throws Exception {
        say(asking("nova", null, null, null, null));

        assertThat(sent().get(0)).contains("usual-voice").doesNotContain("nova");
        assertThat(voice().cannot(asking("nova", null, null, null, null))).containsExactly("voice");
        assertThat(voice().cannot(asking("alloy", null, null, null, null))).isEmpty();
    }

    @Test
    void the_telephone_gets_its_own_coding_from_the_vendor() throws Exception {
        AudioFormat telephone = new AudioFormat(AudioFormat.Encoding.MULAW, AudioFormat.Container.NONE, 8_000);
        assertThat(voice().delivers(telephone)).isEqualTo(telephone);

        say(request("Hello.").in(telephone));

        assertThat(sent().get(0)).contains("pcm_mulaw", "8000");
    }

    @Test
    void what_it_cannot_do_is_said() {
        assertThat(voice().cannot(asking(null, null, 1.5, "Whisper.", null))).containsExactly("instructions");
        assertThat(voice().cannot(asking(null, null, 2.0, null, null))).containsExactly("speed");
        assertThat(voice().cannot(asking(null, null, 1.2, null, "sonic-2"))).containsExactly("speed");
        assertThat(voice().refuses(asking(null, "fr", null, null, null)))
                .contains("language \"fr\" is not spoken by provider cartesia: use en, de");
    }
}
