package org.caravox.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchException;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.caravox.providers.Attempt;
import org.caravox.providers.Chain;
import org.caravox.providers.Credential;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.requests.Deadline;
import org.caravox.requests.HangUp;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every text-to-speech provider does, whoever it is. */
public abstract class VoiceContract {

    /** Long enough that no voice has said all of it when the first bytes are there. */
    protected static final String STORY = "The first sentence of a story is short. The second one is a little longer. "
            + "Then comes a third, a fourth follows, and after the fifth nobody counts any more.";

    private static final Set<String> OPTIONS = Set.of("voice", "speed", "instructions", "language");

    /** The provider under test; the same in each test. */
    protected abstract Voice voice();

    /** What it is shown. */
    protected Credential credential() {
        return Credential.NONE;
    }

    @Test
    void it_has_a_name_and_a_default_model_that_it_takes() {
        assertThat(voice().provider()).matches("[a-z0-9-]+");
        assertThat(voice().models().takes(voice().models().usual())).isTrue();
        assertThat(voice().refuses(request("Hello."))).isEmpty();
        assertThat(voice().cannot(request("Hello."))).isEmpty();
    }

    @Test
    void it_knows_the_options_that_it_does_not_honour() {
        SpeechRequest demanding = new SpeechRequest(
                new UUID(0, 1), "acme", null, null, null, "Hello.", "en-US", 3.9, "Whisper.", AudioFormat.pcm(16_000));

        assertThat(voice().refuses(demanding)).isEmpty();
        assertThat(OPTIONS).containsAll(voice().cannot(demanding));
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void it_delivers_what_is_asked_for_or_pcm_that_loses_nothing(Encoding encoding) {
        Container container = encoding == Encoding.OPUS ? Container.OGG : Container.NONE;
        for (int rateHz : List.of(8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000)) {
            AudioFormat wanted = new AudioFormat(encoding, container, rateHz);

            AudioFormat delivered = voice().delivers(wanted);

            if (!delivered.equals(wanted)) {
                assertThat(delivered.encoding()).isEqualTo(Encoding.LINEAR16);
                assertThat(delivered.container()).isEqualTo(Container.NONE);
                int best = voice().delivers(AudioFormat.pcm(48_000)).sampleRateHz();
                assertThat(delivered.sampleRateHz()).isGreaterThanOrEqualTo(Math.min(rateHz, best));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 11_025, 16_000, 24_000, 48_000})
    void it_speaks(int rateHz) throws Exception {
        AudioFormat format = voice().delivers(AudioFormat.pcm(rateHz));

        try (Spoken spoken = speak(request(STORY).in(format))) {
            byte[] audio = spoken.audio().readAllBytes();

            assertThat(spoken.provider()).isEqualTo(voice().provider());
            assertThat(spoken.model()).isEqualTo(voice().models().usual());
            assertThat(spoken.format()).isEqualTo(format);
            assertThat(spoken.cached()).isFalse();
            assertThat(audio.length % 2).isZero();
            assertThat(seconds(audio, format)).isBetween(4.0, 25.0);
        }
    }

    private static double seconds(byte[] audio, AudioFormat format) {
        return audio.length / 2.0 / format.sampleRateHz();
    }

    @Test
    void what_is_read_byte_by_byte_is_the_same() throws Exception {
        AudioFormat format = voice().delivers(AudioFormat.pcm(8_000));
        try (Spoken one = speak(request("Hello.").in(format));
                Spoken other = speak(request("Hello.").in(format))) {
            byte[] whole = other.audio().readAllBytes();
            byte[] single = new byte[whole.length];
            for (int i = 0; i < single.length; i++) {
                single[i] = (byte) one.audio().read();
            }

            assertThat(single).isEqualTo(whole);
            assertThat(one.audio().read()).isEqualTo(-1);
        }
    }

    @Test
    void characters_that_mean_something_in_markup_are_spoken() {
        assertThatCode(() -> {
                    try (Spoken spoken = speak(request("\"Salt & <pepper>\", it's 1 > 0; café, 20 €, 😀 ]]> <!--"))) {
                        assertThat(spoken.audio().readAllBytes()).isNotEmpty();
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void it_can_be_closed_before_its_end_and_twice() throws Exception {
        Spoken spoken = speak(request(STORY));
        assertThat(spoken.audio().read()).isNotNegative();

        spoken.close();
        spoken.close();

        assertThatThrownBy(() -> readAll(spoken.audio())).isInstanceOf(IOException.class);
    }

    @Test
    void audio_never_ends_as_if_it_were_whole_when_the_caller_hangs_up() throws Exception {
        HangUp hangUp = new HangUp();
        Patience patience = new Patience(Deadline.in(Duration.ofMinutes(1), Clock.systemUTC()), hangUp);
        try (Spoken spoken = speak(request(STORY.repeat(20)), patience)) {
            assertThat(spoken.audio().read()).isNotNegative();

            hangUp.hangUp();

            assertThatThrownBy(() -> readAll(spoken.audio())).isInstanceOf(IOException.class);
        }
    }

    private static void readAll(InputStream audio) throws IOException {
        audio.transferTo(java.io.OutputStream.nullOutputStream());
    }

    @Test
    void it_gives_up_at_the_deadline() {
        Patience late = in(Duration.ZERO);

        Exception thrown = catchException(() -> speak(request("Hello."), late));

        boolean refused = thrown instanceof Refusal refusal && refusal.reason() == Refusal.Reason.TOO_SLOW;
        assertThat(refused || Chain.failure(voice().provider(), thrown, late).why() == Cause.TIMEOUT)
                .as("%s", thrown)
                .isTrue();
    }

    protected final Spoken speak(SpeechRequest request) throws IOException, InterruptedException {
        return speak(request, in(Duration.ofMinutes(2)));
    }

    protected final Spoken speak(SpeechRequest request, Patience patience) throws IOException, InterruptedException {
        return voice().speak(request, new Attempt(voice().models().usual(), credential(), patience, true));
    }

    protected static Patience in(Duration time) {
        return Patience.of(time, Clock.systemUTC());
    }

    /** In a form that the provider delivers. */
    protected final SpeechRequest request(String text) {
        AudioFormat format = voice().delivers(AudioFormat.pcm(16_000));
        return new SpeechRequest(new UUID(0, 1), "acme", null, null, null, text, null, null, null, format);
    }
}
