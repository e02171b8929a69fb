package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was transcribed is found again, in the form that is asked for. */
class TranscriptsTest {

    private static Caller caller;
    private static String call;
    private static String voicemail;
    private static String clip;
    private static Instant afterCall;

    @BeforeAll
    static void transcribe() {
        caller = SharedHub.hub().newTenant();
        call = transcribe(Sample.BOOKING_CALL, "ann");
        afterCall = Instant.parse(caller.get("/transcripts/" + call).member("createdAt"))
                .plusMillis(1);
        voicemail = transcribe(Sample.VOICEMAIL, "bob");
        clip = transcribe(Sample.PHONE_CLIP, "bob");
    }

    private static String transcribe(Sample sample, String user) {
        return caller.upload(sample.bytes(), Map.of("userId", user)).expect(200).member("requestId");
    }

    @ParameterizedTest
    @CsvSource({
        "json, application/json, application/json",
        "text, text/plain, text/plain;charset=utf-8",
        "srt, application/x-subrip, application/x-subrip;charset=utf-8",
        "vtt, text/vtt, text/vtt;charset=utf-8"
    })
    void a_form_is_asked_for_by_parameter_or_by_accept(String format, String accept, String contentType) {
        Answer byFormat = caller.get("/transcripts/" + call + "?format=" + format);
        Answer byAccept = caller.send(caller.request("/transcripts/" + call).header("Accept", accept));

        assertThat(byFormat.expect(200).header("Content-Type").replace(" ", "")).isEqualTo(contentType);
        assertThat(byAccept.expect(200).text()).isEqualTo(byFormat.text());
    }

    @Test
    void text_has_a_line_for_each_utterance_with_its_channel() {
        List<String> lines = caller.get("/transcripts/" + call + "?format=text")
                .text()
                .lines()
                .toList();

        assertThat(lines).allMatch(line -> line.matches("(left|right): .+"));
        assertThat(lines.get(0)).startsWith("left: good morning");
    }

    @Test
    void subtitles_are_numbered_cues_and_web_subtitles_have_their_head() {
        String srt = caller.get("/transcripts/" + call + "?format=srt").text();
        String vtt = caller.get("/transcripts/" + call + "?format=vtt").text();

        assertThat(srt).matches("(?s)1\n\\d\\d:\\d\\d:\\d\\d,\\d{3} --> \\d\\d:\\d\\d:\\d\\d,\\d{3}\nleft: good.*");
        assertThat(vtt).matches("(?s)WEBVTT\n\n\\d\\d:\\d\\d:\\d\\d\\.\\d{3} --> .*");
    }

    @Test
    void transcripts_are_found_by_words_in_any_form_phrase_and_exclusion() {
        assertThat(found("q=library")).containsExactly(voicemail);
        assertThat(found("q=book")).containsExactly(voicemail, call);
        assertThat(found("q=%22book+a+table%22")).containsExactly(call);
        assertThat(found("q=book+-library")).containsExactly(call);
        assertThat(found("q=elephant")).isEmpty();
    }

    @Test
    void transcripts_are_found_by_user_and_time() {
        assertThat(found("userId=bob")).containsExactly(clip, voicemail);
        assertThat(found("from=" + afterCall)).containsExactly(clip, voicemail);
        assertThat(found("to=" + afterCall)).containsExactly(call);
        assertThat(found("from=2020-01-01&to=2020-01-02")).isEmpty();
        assertThat(found("userId=bob&q=bill")).containsExactly(clip);
    }

    @Test
    void pages_follow_each_other_without_gap_or_repetition() {
        Answer first = caller.get("/transcripts?limit=2");
        Answer second = caller.get("/transcripts?limit=2&cursor=" + first.member("nextCursor"));

        assertThat(ids(first)).containsExactly(clip, voicemail);
        assertThat(ids(second)).containsExactly(call);
        assertThat(second.json().has("nextCursor")).isFalse();
    }

    private static List<String> found(String query) {
        return ids(caller.get("/transcripts?" + query));
    }

    private static List<String> ids(Answer answer) {
        return answer.expect(200).json().get("transcripts").findValuesAsText("id");
    }
}
