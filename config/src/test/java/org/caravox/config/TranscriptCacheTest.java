package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.caravox.requests.RequestIds;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.junit.jupiter.api.Test;

/** The same recording is transcribed once, where that is wished for. */
class TranscriptCacheTest extends UsageFixture {

    @Test
    void the_same_recording_is_transcribed_once_where_that_is_wished_for() throws Exception {
        Options cache = new Options(Map.of(Option.CACHE, List.of("true")));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60), cache)));
        TranscriptionRequest again = request(Duration.ofSeconds(60), cache);

        Transcript answer = hub.transcribe(again);
        hub.transcripts.record(tenant, answer);

        assertThat(answer.cached()).isTrue();
        assertThat(answer.id()).isEqualTo(again.id());
        assertThat(total().requests()).isEqualTo(2);
        assertThat(total().cachedRequests()).isEqualTo(1);
        assertThat(total().cost()).isEqualByComparingTo(ONE);
    }

    @Test
    void another_recording_other_options_another_tenant_and_another_day_are_transcribed_anew() throws Exception {
        Options cache = new Options(Map.of(Option.CACHE, List.of("true")));
        Options others = new Options(Map.of(Option.CACHE, List.of("true"), Option.KEYTERM, List.of("caravox")));
        hub.transcribe(request(Duration.ofSeconds(60), cache));

        assertTranscribedAnew(Options.NONE);
        assertTranscribedAnew(others);
        Files.writeString(file, "another recording");
        assertTranscribedAnew(cache);
        Files.writeString(file, "a recording");
        time.pass(Duration.ofHours(25));
        assertTranscribedAnew(cache);
        tenant = "another-" + RequestIds.next();
        assertTranscribedAnew(cache);
    }

    private void assertTranscribedAnew(Options options) throws InterruptedException {
        assertThat(hub.transcribe(request(Duration.ofSeconds(60), options)).cached())
                .isNull();
    }
}
