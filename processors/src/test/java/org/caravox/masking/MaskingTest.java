package org.caravox.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

    private final Masking masking = new Masking(new ObjectMapper());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4111111111111111",
                "4111 1111 1111 1111",
                "4111-1111-1111-1111",
                "3782 822463 10005",
                "four one one one one one one one one one one one one one one one",
                "Four one one one, 1111 1111 one one one one"
            })
    void a_card_number_is_masked_however_it_is_written_or_spoken(String number) {
        assertThat(masking.mask("it is " + number + ", until May", "cards"))
                .isEqualTo("it is [card number], until May");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order 4111 1111 1111 1112 is late",
                "one two three four five six seven eight nine",
                "20261122 and 4111",
                "one of them"
            })
    void other_numbers_stay(String text) {
        assertThat(masking.mask(text, "cards")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "phones, call +49 30 1234567 now, call [phone number] now",
        "phones, call (030) 123 45 67 now, call [phone number] now",
        "phones, call 12345 now, call 12345 now",
        "emails, write to anna.b@mail.example.com today, write to [e-mail address] today",
        "'cards,emails', 4111111111111111 a@b.example, [card number] [e-mail address]"
    })
    void other_personal_data_is_masked_when_it_is_asked_for(String what, String text, String masked) {
        assertThat(masking.mask(text, what)).isEqualTo(masked);
    }

    @Test
    void a_transcript_is_masked_in_its_text_its_utterances_and_its_words() {
        List<Word> words = new ArrayList<>();
        List<String> said = List.of("my", "card", "is", "4111", "1111", "1111", "1111", "thanks");
        for (int i = 0; i < said.size(); i++) {
            words.add(new Word(said.get(i), i, i + 0.5, 0.9));
        }
        Heard heard = new Heard("vosk", "small", "en", Duration.ofSeconds(8), 1, Utterance.ofWords(0, words));
        JsonNode metadata = new ObjectMapper().createObjectNode().put("card", 4111111111111111L);
        Transcript transcript =
                Transcript.of(new UUID(0, 1), "anna", Mode.SYNC, metadata, heard, List.of(), Instant.EPOCH);

        Transcript masked = Objects.requireNonNull((Transcript) masking.mask(transcript, "cards"));

        assertThat(masked.toString()).doesNotContain("1111");
        assertThat(masked.transcript()).isEqualTo("my card is [card number] thanks");
        assertThat(masked.channels().get(0).words())
                .extracting(Word::word)
                .containsExactly(
                        "my",
                        "card",
                        "is",
                        "[card number]",
                        "[card number]",
                        "[card number]",
                        "[card number]",
                        "thanks");
        assertThat(masked.channels().get(0).words().get(4).start()).isEqualTo(4);
    }

    @Test
    void maps_and_lists_keep_their_form() {
        assertThat(masking.mask(Map.of("notes", List.of("4111111111111111", 7)), "cards"))
                .isEqualTo(Map.of("notes", List.of("[card number]", 7)));
    }

    @Test
    void numbers_and_bytes_are_masked_and_recordings_stay() {
        byte[] audio = {(byte) 0xff, (byte) 0xfe, 0};

        assertThat(masking.mask(Map.of("card", 4111111111111111L, "n", 7), "cards"))
                .isEqualTo(Map.of("card", "[card number]", "n", 7));
        assertThat(masking.mask("card 4111111111111111".getBytes(StandardCharsets.UTF_8), "cards"))
                .isEqualTo("card [card number]".getBytes(StandardCharsets.UTF_8));
        assertThat(masking.mask(audio, "cards")).isSameAs(audio);
    }

    @Test
    void what_cannot_be_masked_is_named_with_what_can() {
        assertThatThrownBy(() -> masking.mask("x", "cards,names"))
                .hasMessage("\"names\" cannot be masked: what can is cards, phones, emails");
    }
}
