package org.caravox.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;

class TranscriptFormatTest {

    private static final Utterance HELLO = utterance(0, 0.3, 1.25, "hello");
    private static final Utterance YES = utterance(1, 3725.0, 3726.0005, "yes");

    @Test
    void a_recording_with_one_channel_is_one_line_of_text() {
        assertThat(TranscriptFormat.TEXT.write(transcript(1, HELLO, utterance(0, 2, 3, "again"))))
                .isEqualTo("hello again\n");
    }

    @Test
    void more_channels_are_a_line_for_each_utterance_in_order_of_time() {
        assertThat(TranscriptFormat.TEXT.write(transcript(2, YES, HELLO))).isEqualTo("left: hello\nright: yes\n");
    }

    @Test
    void subrip_has_numbered_cues_with_commas() {
        assertThat(TranscriptFormat.SRT.write(transcript(2, HELLO, YES)))
                .isEqualTo(
                        """
                        1
                        00:00:00,300 --> 00:00:01,250
                        left: hello

                        2
                        01:02:05,000 --> 01:02:06,001
                        right: yes
                        """);
    }

    @Test
    void webvtt_has_its_head_and_points() {
        assertThat(TranscriptFormat.VTT.write(transcript(1, HELLO)))
                .isEqualTo("WEBVTT\n\n00:00:00.300 --> 00:00:01.250\nhello\n");
    }

    @Test
    void webvtt_names_the_voice_where_there_are_channels() {
        assertThat(TranscriptFormat.VTT.write(transcript(2, YES))).contains("\n<v right>yes\n");
    }

    @Test
    void a_long_utterance_is_more_than_one_cue() {
        List<Word> words = IntStream.range(0, 30)
                .mapToObj(i -> new Word("word" + i, i, i + 0.9, 1))
                .toList();
        Utterance speech = new Utterance(0, 0, 29.9, "", words);

        List<String> cues =
                TranscriptFormat.SRT.write(transcript(1, speech)).lines().toList();

        assertThat(cues).filteredOn(line -> line.contains("-->")).hasSizeGreaterThan(4);
        assertThat(cues).allMatch(line -> line.length() <= 84);
        assertThat(String.join(" ", cues)).contains("word0 word1").contains("word29");
    }

    @Test
    void silence_has_no_cues() {
        assertThat(TranscriptFormat.SRT.write(transcript(1))).isEmpty();
        assertThat(TranscriptFormat.VTT.write(transcript(1))).startsWith("WEBVTT\n");
        assertThat(TranscriptFormat.TEXT.write(transcript(1))).isEqualTo("\n");
    }

    @Test
    void an_unknown_form_is_refused_with_those_there_are() {
        assertThatThrownBy(() -> TranscriptFormat.of("doc"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("json, text, srt, vtt");
    }

    private static Transcript transcript(int channels, Utterance... utterances) {
        TranscriptionRequest request = new TranscriptionRequest(
                new UUID(0, 1),
                "acme",
                "u",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Options.NONE,
                5,
                null,
                null,
                Instant.EPOCH);
        Heard heard = new Heard("vosk", "m", "en", Duration.ofHours(2), channels, List.of(utterances));
        return Transcript.of(request, Mode.SYNC, heard, List.of(), Instant.EPOCH);
    }

    private static Utterance utterance(int channel, double start, double end, String text) {
        return new Utterance(channel, start, end, text, List.of(new Word(text, start, end, 1)));
    }
}
