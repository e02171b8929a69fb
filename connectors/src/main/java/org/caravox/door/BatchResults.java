package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.camel.Exchange;
import org.caravox.batches.Batches;
import org.caravox.batches.Result;
import org.caravox.jobs.JobStatus;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /batches/{id}/results}: what became of all items, as one file that is made while it goes out. It is read in
 * small pages, so that a caller who reads slowly holds neither memory nor a connection to the database.
 */
public final class BatchResults {

    private static final Logger log = LoggerFactory.getLogger(BatchResults.class);
    private static final int PAGE = 20;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Set<String> ALL = Stream.concat(
                    Arrays.stream(JobStatus.values()).map(JobStatus::word), Stream.of(Result.REFUSED))
            .collect(Collectors.toUnmodifiableSet());

    /** What each result is given to. */
    @FunctionalInterface
    private interface Sink {
        void take(Result result) throws IOException;
    }

    /** Where they come from. */
    @FunctionalInterface
    private interface Pages {
        List<Result> after(@Nullable Result last);
    }

    /** Which results of which batch are asked for. */
    private record Wanted(String tenant, UUID batch, Set<String> statuses, Deadline deadline) {

        Wanted but(String status) {
            return new Wanted(
                    tenant,
                    batch,
                    statuses.stream().filter(each -> !each.equals(status)).collect(Collectors.toUnmodifiableSet()),
                    deadline);
        }

        Wanted only(String status) {
            return new Wanted(tenant, batch, statuses.contains(status) ? Set.of(status) : Set.of(), deadline);
        }
    }

    private final Batches batches;
    private final ObjectMapper json;
    private final Duration within;
    private final Clock clock;

    /** @param within how long one answer may take to go out */
    public BatchResults(Batches batches, ObjectMapper json, Duration within, Clock clock) {
        this.batches = batches;
        this.json = json;
        this.within = within;
        this.clock = clock;
    }

    /** Answers with the file. */
    public void send(Exchange exchange) throws IOException {
        Query query = Query.of(exchange, Set.of("format", "status"), json);
        boolean zip = zip(query.text("format"));
        Wanted wanted = new Wanted(
                Callers.tenant(exchange),
                BatchPages.id(exchange),
                statuses(query.text("status")),
                Deadline.in(within, clock));
        batches.get(wanted.tenant(), wanted.batch());
        exchange.getMessage()
                .setHeader(
                        "Content-Disposition",
                        "attachment; filename=\"batch-" + wanted.batch() + (zip ? ".zip\"" : ".jsonl\""));
        StreamedAnswer answer = StreamedAnswer.begin(exchange, 200, zip ? "application/zip" : "application/x-ndjson");
        try (OutputStream out = new BufferedOutputStream(new Piecewise(answer), BUFFER_BYTES)) {
            if (zip) {
                zip(wanted, out);
            } else {
                lines(wanted, out);
            }
        } catch (IOException e) {
            log.info("batch.results.unheard batch={} reason=\"{}\"", wanted.batch(), e.getMessage());
            answer.abort();
        } catch (RuntimeException e) {
            log.warn("batch.results.broken-off batch={} reason=\"{}\"", wanted.batch(), e.getMessage());
            answer.abort();
        }
    }

    private static boolean zip(@Nullable String format) {
        if (format == null || format.equals("jsonl")) {
            return false;
        }
        if (format.equals("zip")) {
            return true;
        }
        throw Refusal.invalid("format \"" + format + "\" is not known: use jsonl, zip");
    }

    private static Set<String> statuses(@Nullable String status) {
        if (status == null) {
            return ALL;
        }
        if (!status.equals(Result.REFUSED)) {
            JobStatus.of(status);
        }
        return Set.of(status);
    }

    private void lines(Wanted wanted, OutputStream out) throws IOException {
        each(wanted, result -> line(result, out));
    }

    private void line(Result result, OutputStream out) throws IOException {
        out.write(json.writeValueAsBytes(result));
        out.write('\n');
    }

    /** Two files for each transcript, and one for all that has none. */
    private void zip(Wanted wanted, OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        String completed = JobStatus.COMPLETED.word();
        each(wanted.only(completed), result -> {
            String name = ZipNames.of(String.valueOf(result.item()), String.valueOf(result.jobId()));
            entry(zip, name + ".json", String.valueOf(result.transcript()));
            entry(zip, name + ".txt", result.text() + "\n");
        });
        zip.putNextEntry(new ZipEntry("errors.jsonl"));
        each(wanted.but(completed), result -> line(result, zip));
        zip.closeEntry();
        zip.finish();
    }

    private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private void each(Wanted wanted, Sink sink) throws IOException {
        Set<String> ofJobs = wanted.but(Result.REFUSED).statuses();
        if (!ofJobs.isEmpty()) {
            pages(
                    wanted,
                    sink,
                    last -> batches.results(
                            wanted.tenant(), wanted.batch(), ofJobs, last == null ? null : last.item(), PAGE));
        }
        if (wanted.statuses().contains(Result.REFUSED)) {
            pages(wanted, sink, last -> batches.refused(wanted.tenant(), wanted.batch(), line(last), PAGE));
        }
    }

    private static int line(@Nullable Result result) {
        return result == null || result.line() == null ? 0 : result.line();
    }

    private static void pages(Wanted wanted, Sink sink, Pages pages) throws IOException {
        Result last = null;
        List<Result> page;
        do {
            if (wanted.deadline().passed()) {
                throw new IllegalStateException("it was still going out when its time was up");
            }
            page = pages.after(last);
            for (Result result : page) {
                sink.take(result);
                last = result;
            }
        } while (page.size() == PAGE);
    }

    /** Sends what is written to it. */
    private static final class Piecewise extends OutputStream {

        private final StreamedAnswer answer;

        Piecewise(StreamedAnswer answer) {
            this.answer = answer;
        }

        @Override
        public void write(int each) throws IOException {
            write(new byte[] {(byte) each}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            answer.write(bytes, offset, length);
        }
    }
}
