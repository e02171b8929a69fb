package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.caravox.dialogue.ReplyStream;
import org.caravox.providers.Answered;
import org.caravox.requests.Patience;
import org.caravox.requests.RequestIds;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.usage.Budget;
import org.caravox.usage.Budget.Per;
import org.caravox.usage.UsageReports.Sum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What dialogue and speech use is recorded with what was delivered. */
class StreamedUsageTest extends UsageFixture {

    @Test
    void a_whole_message_is_recorded_with_the_providers_own_count() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));

        hub.dialogue.reply(chat(), Patience.of(Duration.ofMinutes(1), time));

        assertThat(total().inputTokens()).isEqualTo(30);
        assertThat(total().outputTokens()).isEqualTo(20);
        assertThat(total().cost()).isEqualByComparingTo("0.00005");
        assertThat(reservations()).isZero();
    }

    private enum End {
        WHOLE,
        CUT_BY_PROVIDER,
        CALLER_GONE,
        CLOSED_UNREAD
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void a_stream_is_recorded_once_with_what_was_delivered(End end) throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        hub.model.breaksOff = end == End.CUT_BY_PROVIDER;
        Patience patience = Patience.of(Duration.ofMinutes(1), time);

        Answered<ReplyStream> answered = hub.dialogue.stream(chat(), patience);
        try (ReplyStream stream = answered.value()) {
            if (end == End.WHOLE) {
                while (stream.next().isPresent()) {
                    assertThat(total().requests()).isZero();
                }
            } else if (end != End.CLOSED_UNREAD) {
                stream.next();
                if (end == End.CALLER_GONE) {
                    patience.hangUp().hangUp();
                } else {
                    assertThatThrownBy(stream::next).isInstanceOf(IOException.class);
                }
            }
        }

        Sum total = total();
        assertThat(total.requests()).isEqualTo(1);
        assertThat(total.inputTokens()).isEqualTo(end == End.WHOLE ? 30 : 2);
        assertThat(total.outputTokens()).isEqualTo(end == End.WHOLE ? 20 : end == End.CLOSED_UNREAD ? 0 : 3);
        assertThat(reservations()).isZero();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void speech_is_recorded_once_with_its_characters(End end) throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        SpeechRequest request = speech();

        Answered<Spoken> answered = hub.speech.speak(request, Patience.of(Duration.ofMinutes(1), time));
        try (Spoken spoken = answered.value()) {
            if (end == End.WHOLE) {
                spoken.audio().readAllBytes();
            } else if (end != End.CLOSED_UNREAD) {
                spoken.audio().read();
            }
        }

        assertThat(total().requests()).isEqualTo(1);
        assertThat(total().characters()).isEqualTo(6);
        assertThat(total().cost()).isEqualByComparingTo("0.000006");
        assertThat(reservations()).isZero();
    }

    @Test
    void what_was_spoken_before_costs_nothing() throws Exception {
        for (int i = 0; i < 2; i++) {
            Answered<Spoken> answered = hub.speech.speak(speech(), Patience.of(Duration.ofMinutes(1), time));
            try (Spoken spoken = answered.value()) {
                spoken.audio().readAllBytes();
            }
        }

        assertThat(total().requests()).isEqualTo(2);
        assertThat(total().cachedRequests()).isEqualTo(1);
        assertThat(total().cost()).isEqualByComparingTo("0.000006");
    }

    private SpeechRequest speech() {
        return new SpeechRequest(
                RequestIds.next(),
                tenant,
                null,
                null,
                null,
                "gr\u00fc\u00df \uD83D\uDE00",
                null,
                null,
                null,
                AudioFormat.pcm(8000));
    }
}
