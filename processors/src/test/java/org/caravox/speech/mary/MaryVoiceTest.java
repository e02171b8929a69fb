package org.caravox.speech.mary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Voice;
import org.caravox.speech.VoiceContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MaryVoiceTest extends VoiceContract {

    private static final MaryEngine ENGINE = new MaryEngine(2);
    private static final MaryVoice MARY = new MaryVoice("mary", ENGINE, Map.of("voices.alloy", MaryEngine.VOICE));

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    @Override
    protected Voice voice() {
        return MARY;
    }

    @Test
    void it_needs_no_credential() {
        assertThat(MARY.needsCredential()).isFalse();
    }

    @Test
    void it_says_that_it_has_one_voice_unless_a_name_stands_for_that() {
        assertThat(MARY.cannot(request("nova", null))).containsExactly("voice");
        assertThat(MARY.cannot(request("alloy", null))).isEmpty();
        assertThat(MARY.cannot(request(MaryEngine.VOICE, null))).isEmpty();
    }

    @Test
    void it_speaks_english_only() {
        assertThat(MARY.refuses(request(null, "de-DE")))
                .hasValueSatisfying(why -> assertThat(why).contains("de-DE", "use en"));
        assertThat(MARY.refuses(request(null, "en-GB"))).isEmpty();
        assertThat(MARY.cannot(request(null, "en-GB"))).containsExactly("language");
    }

    private static SpeechRequest request(@Nullable String voice, @Nullable String language) {
        return new SpeechRequest(
                new UUID(0, 1), "acme", null, null, voice, "Hi.", language, null, null, AudioFormat.pcm(16_000));
    }
}
