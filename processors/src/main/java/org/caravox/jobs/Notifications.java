package org.caravox.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.ExchangeProperty;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.TranscriptionRequest;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhooks that are still to be told how their job ended. The order to tell one is written with the job's end, so
 * no crash loses it; it stands until the webhook has answered, or its retries are used up.
 */
public final class Notifications implements LeasedWork {

    static final String CHANNEL = "caravox_webhooks";

    private static final Logger log = LoggerFactory.getLogger(Notifications.class);
    private static final Duration LEASE = Duration.ofSeconds(60);

    /**
     * What a webhook is told, and where.
     *
     * @param id      names the message, the same in each attempt; a job that ends again sends another
     * @param url     the address
     * @param secret  the tenant's signing secret, {@code whsec_...}
     * @param attempt this attempt's number, from 1
     * @param message what to send
     */
    public record Notification(String id, URI url, String secret, int attempt, CallbackForm.Call message) {

        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "Notification[host=" + url.getHost() + ", attempt=" + attempt + "]";
        }
    }

    private final Jdbi database;
    private final ObjectMapper json;
    private final JobSettings settings;
    private final Map<String, CallbackForm> forms;

    /** @param forms those of doors that have one of their own */
    public Notifications(Jdbi database, ObjectMapper json, JobSettings settings, List<CallbackForm> forms) {
        this.database = database;
        this.json = json;
        this.settings = settings;
        this.forms = forms.stream().collect(Collectors.toUnmodifiableMap(CallbackForm::name, form -> form));
    }

    @Override
    public String channel() {
        return CHANNEL;
    }

    @Override
    public Duration lease() {
        return LEASE;
    }

    @Override
    public Optional<Lease> claim() {
        return database.withHandle(handle -> handle.createQuery(
                        """
                        update jobs j set webhook_attempts = j.webhook_attempts + 1, webhook_fence = j.webhook_fence + 1,
                               webhook_due_at = now() + :lease * interval '1 second'
                        from jobs k
                        left join transcripts t on t.tenant = k.tenant and t.id = k.id
                        join tenants n on n.id = k.tenant
                        where k.id = j.id
                          and j.id = (select id from jobs where webhook_due_at <= now()
                                      order by webhook_due_at limit 1 for update skip locked)
                        returning j.id, j.fence, j.webhook_fence, j.webhook_attempts, j.webhook_url, j.status, j.user_id, j.error,
                                  j.request, n.webhook_secret, t.content""")
                .bind("lease", LEASE.toSeconds())
                .map((row, context) -> lease(row))
                .findOne());
    }

    private Lease lease(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        return new Lease(
                id,
                row.getLong("webhook_fence"),
                new Notification(
                        "msg_" + id + "_" + row.getLong("fence"),
                        URI.create(row.getString("webhook_url")),
                        row.getString("webhook_secret"),
                        row.getInt("webhook_attempts"),
                        message(id, row)));
    }

    private CallbackForm.Call message(UUID id, ResultSet row) throws SQLException {
        try {
            TranscriptionRequest request = json.readValue(row.getString("request"), TranscriptionRequest.class);
            String content = row.getString("content");
            Transcript made = content == null ? null : json.readValue(content, Transcript.class);
            CallbackForm form =
                    request.door() == null ? null : forms.get(request.door().form());
            return form != null
                    ? form.call(request, made, row.getString("error"))
                    : new CallbackForm.Call("POST", Map.of(), body(id, row, request, made));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String body(UUID id, ResultSet row, TranscriptionRequest request, @Nullable Transcript made)
            throws SQLException, JsonProcessingException {
        return json.writeValueAsString(JobEnd.of(
                id,
                row.getString("status"),
                row.getString("user_id"),
                made,
                row.getString("error"),
                request.metadata()));
    }

    /** A claim expires by itself: its row is due again then. */
    @Override
    public void expire() {}

    /** A notification takes seconds and has its own deadline: its lease is long enough and is not renewed. */
    @Override
    public List<Lease> renew(List<Lease> leases) {
        return leases;
    }

    @Override
    public void release(Lease lease) {
        end(lease, "pending", Duration.ZERO, 1);
    }

    /** The webhook has answered that it got it. */
    public void delivered(@ExchangeProperty("lease") Lease lease) {
        end(lease, "delivered", null, 0);
        log.info("webhook.delivered job={} {}", lease.id(), lease.task());
    }

    /** The webhook could not be reached, or said no: it is tried again, or given up. */
    public void failed(
            @ExchangeProperty("lease") Lease lease, @ExchangeProperty("CamelExceptionCaught") Exception failure) {
        int attempt = ((Notification) lease.task()).attempt();
        boolean again = attempt <= settings.webhookRetries().size();
        Duration wait = again ? settings.webhookRetries().get(attempt - 1) : null;
        end(lease, again ? "pending" : "failed", wait, 0);
        log.warn(
                "webhook.failed job={} {} again={} reason=\"{}\"",
                lease.id(),
                lease.task(),
                again,
                failure.getMessage());
    }

    private void end(Lease lease, String status, @Nullable Duration dueIn, int takenBack) {
        database.useHandle(handle -> handle.createUpdate(
                        """
                        update jobs set webhook_status = :status, webhook_attempts = webhook_attempts - :takenBack,
                               webhook_due_at = now() + cast(:dueIn as bigint) * interval '1 millisecond'
                        where id = :id and webhook_fence = :fence""")
                .bind("status", status)
                .bind("takenBack", takenBack)
                .bind("dueIn", dueIn == null ? null : dueIn.toMillis())
                .bind("id", lease.id())
                .bind("fence", lease.fence())
                .execute());
    }
}
