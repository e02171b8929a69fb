package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.jobs.Endings;
import org.caravox.jobs.JobLeases;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.KeptRecordings;
import org.caravox.jobs.LeasedWork;
import org.caravox.requests.Patience;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.TranscriptionRequest;
import org.caravox.usage.Budget;
import org.caravox.usage.Budget.Per;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageReports.Group;
import org.caravox.usage.UsageReports.Sum;
import org.junit.jupiter.api.Test;

/** What requests use is recorded once, with the transcript, and added up. */
class UsageTest extends UsageFixture {

    @Test
    void a_transcript_and_its_usage_are_recorded_once_however_often_they_are_recorded() throws Exception {
        budget = Optional.of(new Budget(new BigDecimal("10"), Per.DAY));
        Transcript transcript = hub.transcribe(request(Duration.ofSeconds(90)));

        hub.transcripts.record(tenant, transcript);
        hub.transcripts.record(tenant, transcript);

        Sum total = total();
        assertThat(total.requests()).isEqualTo(1);
        assertThat(total.audioSeconds()).isEqualTo(90);
        assertThat(total.cost()).isEqualByComparingTo("1.5");
        assertThat(standing().spent()).isEqualByComparingTo("1.5");
        assertThat(hub.transcripts.get(tenant, transcript.id())).isEqualTo(transcript);
        assertThat(metrics.counter(
                                "usage.audio.seconds",
                                "use",
                                "transcription",
                                "provider",
                                PlayedProvider.PROVIDER,
                                "model",
                                "m")
                        .count())
                .isEqualTo(90);
    }

    @Test
    void nothing_of_a_transcript_stays_when_its_transaction_fails() throws Exception {
        Transcript transcript = hub.transcribe(request(Duration.ofSeconds(60)));

        assertThatThrownBy(() -> database.useTransaction(handle -> {
                    hub.transcripts.record(handle, tenant, transcript);
                    throw new IllegalStateException("the worker was overtaken");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(total().requests()).isZero();
        assertThat(hub.transcripts.find(tenant, transcript.id())).isEmpty();
    }

    @Test
    void a_model_without_a_price_is_recorded_without_a_cost() throws Exception {
        hub.prices = new Prices(Currency.getInstance("EUR"), List.of());
        hub.open();

        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));

        assertThat(total().unpriced()).isEqualTo(1);
        assertThat(total().cost()).isZero();
    }

    @Test
    void a_job_that_was_called_off_after_its_answer_is_recorded_without_its_transcript() throws Exception {
        budget = Optional.of(new Budget(ONE, Per.MONTH));
        TranscriptionRequest job = request(Duration.ofSeconds(60));
        Transcript transcript = hub.transcribe(job);
        Thread.currentThread().interrupt();

        jobLeases().complete(new LeasedWork.Lease(job.id(), 1, job), transcript);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(total().cost()).isEqualByComparingTo(ONE);
        assertThat(standing().spent()).isEqualByComparingTo(ONE);
        assertThat(reservations()).isZero();
        assertThat(hub.transcripts.find(tenant, job.id())).isEmpty();
    }

    private JobLeases jobLeases() throws IOException {
        Duration some = Duration.ofMinutes(1);
        return new JobLeases(
                database,
                json,
                new JobSettings("node", some, 1, some, some, 0, some, some),
                hub.transcripts,
                new Endings(null),
                new AudioStore(
                        new AudioSettings(folder.resolve("audio"), 1 << 20, some, 8, some), new DiskReserve(folder, 0)),
                KeptRecordings.ON_DISK,
                new TranscriptionMetrics(metrics, "here"),
                time);
    }

    @Test
    void usage_is_added_up_by_day_use_provider_and_model() throws Exception {
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(60))));
        time.pass(Duration.ofHours(2));
        hub.transcripts.record(tenant, hub.transcribe(request(Duration.ofSeconds(30))));
        hub.dialogue.reply(chat(), Patience.of(Duration.ofMinutes(1), time));

        List<Sum> rows = reports.sums(tenant, FROM, TO, Set.of(Group.DAY, Group.USE, Group.PROVIDER, Group.MODEL));

        assertThat(rows)
                .extracting(Sum::day, Sum::use, Sum::audioSeconds)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("2026-11-21", "transcription", 60.0),
                        org.assertj.core.groups.Tuple.tuple("2026-11-22", "dialogue", 0.0),
                        org.assertj.core.groups.Tuple.tuple("2026-11-22", "transcription", 30.0));
        assertThat(reports.sums("another", FROM, TO, Set.of(Group.USE))).isEmpty();
    }
}
