package org.caravox.itests.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a caller waits or gets a job is decided by what the request says, then by how long the recording is. */
class ModeTest {

    private static final int ANSWERED = 200;
    private static final int JOB = 202;

    private final Caller caller = SharedHub.hub().newTenant();

    @ParameterizedTest
    @CsvSource({"0, 200", "59, 200", "60, 200", "300, 200", "300.5, 202", "301, 202"})
    void the_length_that_the_caller_states_decides(String seconds, int status) {
        Answer answer = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "audioDuration", seconds));

        answer.expect(status);
    }

    @ParameterizedTest
    @CsvSource({"sync, 301, 200", "async, 1, 202"})
    void a_mode_that_is_asked_for_wins_over_the_length(String mode, String seconds, int status) {
        Answer answer =
                caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u", "mode", mode, "audioDuration", seconds));

        answer.expect(status);
    }

    @Test
    void an_upload_of_unstated_length_is_measured() {
        Answer answer = caller.upload(Wav.silence(301, 8000), Map.of("userId", "u"));

        answer.expect(JOB);
        caller.delete("/jobs/" + answer.member("jobId"));
    }

    @Test
    void the_thresholds_can_be_set_for_one_tenant() {
        Caller quick = SharedHub.hub().tenant(SharedHub.QUICK_TENANT);

        Answer shorter = quick.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u"));
        Answer longer = quick.upload(Sample.VOICEMAIL.bytes(), Map.of("userId", "u"));
        Answer others = caller.upload(Sample.VOICEMAIL.bytes(), Map.of("userId", "u"));

        shorter.expect(ANSWERED);
        longer.expect(JOB);
        others.expect(ANSWERED);
    }

    @Test
    void a_stream_is_answered_with_its_address_and_needs_no_recording() {
        Map<String, String> wished = Map.of("userId", "mary ann", "mode", "stream", "language", "en");

        Answer asForm = caller.upload(Sample.PHONE_CLIP.bytes(), wished);
        Answer asJson = caller.postJson("/transcribe", wished);
        Answer bare = caller.upload(new byte[0], wished);

        for (Answer answer : List.of(asForm, asJson, bare)) {
            assertThat(answer.expect(ANSWERED).member("url"))
                    .startsWith("ws://127.0.0.1:")
                    .endsWith("/stream?userId=mary+ann&language=en");
        }
    }
}
