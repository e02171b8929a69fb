package org.caravox.transcription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.caravox.providers.Credential;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;

/** What a speech-to-text provider inside the hub does: it hears real words, and works for nobody in vain. */
public abstract class EmbeddedTranscriberContract extends TranscriberContract {

    @Override
    protected Credential credential() {
        return Credential.NONE;
    }

    @Test
    void it_needs_no_credential() {
        assertThat(transcriber().needsCredential()).isFalse();
        assertThat(transcriber().probe(Credential.NONE)).isEmpty();
    }

    @Test
    void it_hears_what_is_said() throws Exception {
        Heard heard = transcribe(CLIP, forCaller());

        assertThat(text(heard, 0)).contains("my name is john brown").contains("question about my last bill");
    }

    @Test
    void it_hears_each_channel_by_itself() throws Exception {
        Heard heard = transcribe(CALL, forCaller());

        assertThat(heard.channels()).isEqualTo(2);
        assertThat(text(heard, 0)).contains("garden restaurant").doesNotContain("book a table");
        assertThat(text(heard, 1)).contains("book a table").doesNotContain("garden restaurant");
    }

    @Test
    void it_tells_how_far_it_is() throws Exception {
        List<Duration> progress = new ArrayList<>();

        transcribe(CALL, new Listening(Mode.ASYNC, in(Duration.ofMinutes(2)), progress::add));

        assertThat(progress).isNotEmpty().isSorted();
        assertThat(progress.get(progress.size() - 1)).isLessThanOrEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void it_stops_when_it_is_interrupted() {
        Thread self = Thread.currentThread();
        Listening calledOff = new Listening(Mode.ASYNC, in(Duration.ofMinutes(2)), heard -> self.interrupt());

        assertThatThrownBy(() -> transcribe(CALL, calledOff)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void what_is_no_recording_is_refused() {
        assertThatThrownBy(() -> transcribe(TEXT, forCaller()))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.mayPass()).isFalse());
    }
}
