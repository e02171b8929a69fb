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
import org.caravox.speech.azure.AzureVoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureVoiceTest extends RemoteVoiceContract {

    AzureVoiceTest() {
        super("azure");
    }

    @Override
    Voice make(RemoteSettings settings, ProviderHttp client, Clock clock) {
        return new AzureVoice(settings, client, JSON, clock);
    }

    @Override
    RemoteSettings settings(URI base) {
        return new RemoteSettings(
                "azure",
                base,
                Models.of("neural"),
                List.of("*"),
                Map.of(
                        "voice",
                        "en-US-JennyNeural",
                        "voices.alloy",
                        "en-GB-RyanNeural",
                        "voices.de",
                        "de-DE-KatjaNeural"));
    }

    @Override
    int charactersInACall() {
        return 1_200;
    }

    @Test
    void what_is_asked_for_is_passed_on() throws Exception {
        say(asking("alloy", null, 1.5, null, null));

        assertThat(sent())
                .containsExactly(
                        "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xml:lang=\"en-GB\">"
                                + "<voice name=\"en-GB-RyanNeural\"><prosody rate=\"+50%\">Hello.</prosody></voice></speak>");
        assertThat(seen().header("X-Microsoft-OutputFormat")).isEqualTo("raw-16khz-16bit-mono-pcm");
        assertThat(seen().header("User-Agent")).isEqualTo("Caravox");
        assertThat(seen().header("Content-Type")).startsWith("application/ssml+xml");
    }

    @Test
    void markup_in_a_text_is_sent_as_text() throws Exception {
        say(request("</voice></speak><audio src='https://example.org'/> & more"));

        assertThat(sent().get(0))
                .contains("&lt;/voice&gt;&lt;/speak&gt;&lt;audio src=&apos;https://example.org&apos;/&gt; &amp; more");
    }

    @ParameterizedTest
    @CsvSource({
        "MULAW, NONE,  8000, raw-8khz-8bit-mono-mulaw",
        "ALAW,  NONE,  8000, raw-8khz-8bit-mono-alaw",
        "MP3,   NONE, 24000, audio-24khz-96kbitrate-mono-mp3",
        "OPUS,  OGG,  24000, ogg-24khz-16bit-mono-opus",
        "LINEAR16, NONE, 48000, raw-48khz-16bit-mono-pcm",
    })
    void forms_have_their_own_names(
            AudioFormat.Encoding encoding, AudioFormat.Container container, int rateHz, String name) throws Exception {
        AudioFormat format = new AudioFormat(encoding, container, rateHz);
        assertThat(voice().delivers(format)).isEqualTo(format);

        say(request("Hello.").in(format));

        assertThat(seen().header("X-Microsoft-OutputFormat")).isEqualTo(name);
    }

    @Test
    void slow_speech_goes_out_in_smaller_parts_so_that_none_is_cut_at_ten_minutes() throws Exception {
        say(request("One more word. ".repeat(80)));
        assertThat(calls()).hasSize(1);
        calls().clear();

        org.caravox.speech.SpeechRequest usual = request("One more word. ".repeat(80));
        say(new org.caravox.speech.SpeechRequest(
                usual.id(), "acme", null, null, null, usual.text(), null, 0.5, null, usual.format()));

        assertThat(calls()).hasSizeGreaterThan(1);
    }

    @Test
    void characters_that_no_document_can_hold_are_refused() {
        assertThat(voice().refuses(request("Hel\u0007lo.")))
                .contains(
                        "the text has the control character U+0007, which provider azure does not take: leave it out");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "en-US-AvaMultilingualNeural",
                "en-US-Ava:DragonHDLatestNeural",
                "zh-CN-liaoning-XiaobeiNeural",
                "iu-Latn-CA-SiqiniqNeural",
                "fil-PH-BlessicaNeural"
            })
    void a_name_of_its_own_is_passed_on(String name) throws Exception {
        say(asking(name, null, null, null, null));

        assertThat(sent().get(0)).contains("\"" + name + "\"");
        assertThat(voice().cannot(asking(name, null, null, null, null))).isEmpty();
    }

    @Test
    void a_name_that_is_none_of_its_own_is_spoken_by_the_usual_voice_and_told() throws Exception {
        say(asking("nova", null, null, null, null));

        assertThat(sent().get(0)).contains("en-US-JennyNeural").doesNotContain("nova");
        assertThat(voice().cannot(asking("nova", null, null, null, null))).containsExactly("voice");
    }

    @Test
    void a_language_picks_its_voice_or_is_said_not_to_be_honoured() throws Exception {
        say(asking(null, "de-DE", null, null, null));

        assertThat(sent().get(0)).contains("de-DE-KatjaNeural");
        assertThat(voice().cannot(asking(null, "de-DE", null, null, null))).isEmpty();
        assertThat(voice().cannot(asking(null, "fr-FR", null, null, null))).containsExactly("language");
        assertThat(voice().cannot(asking("en-US-AvaMultilingualNeural", "fr-FR", null, null, null)))
                .isEmpty();
        assertThat(voice().cannot(asking(null, null, 3.0, "Whisper.", null)))
                .containsExactlyInAnyOrder("instructions", "speed");
    }
}
