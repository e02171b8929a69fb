package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.caravox.publishing.Published;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.Publishing.Staging;
import org.caravox.publishing.RouteDrafts;
import org.caravox.publishing.RouteDrafts.Draft;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.caravox.tenants.Role;
import org.caravox.tenants.Tenants;

/** {@code POST /routes/publish} and its kin: what puts routes in force, and takes them back. For publishers. */
public final class RoutePublishingPages {

    private static final int LONGEST_TRIAL = 7 * 24 * 3600;
    private static final int MOST_MESSAGES = 1_000_000_000;

    private final Publishing publishing;
    private final RouteDrafts drafts;
    private final RouteEdits edits;
    private final Tenants tenants;
    private final ObjectMapper json;

    public RoutePublishingPages(
            Publishing publishing, RouteDrafts drafts, RouteEdits edits, Tenants tenants, ObjectMapper json) {
        this.publishing = publishing;
        this.drafts = drafts;
        this.edits = edits;
        this.tenants = tenants;
        this.json = json;
    }

    /** {@code POST /routes/publish}. A draft that was published is dropped, unless it has changed meanwhile. */
    public void publish(Exchange exchange) throws IOException {
        String actor = actor(exchange);
        RouteEdits.Body body = edits.withEdit(exchange, "message");
        Optional<Draft> draft = body.draft().map(drafts::get);
        Published published = publishing.publish(body.edit(), actor, body.message());
        draft.ifPresent(drafts::published);
        Answers.write(json, exchange, 200, published);
    }

    /** {@code POST /routes/stage}. */
    public void stage(Exchange exchange) throws IOException {
        String actor = actor(exchange);
        RouteEdits.Body body =
                edits.withEdit(exchange, "message", "percent", "tenant", "promoteAfterSeconds", "promoteAfterMessages");
        Optional<Draft> draft = body.draft().map(drafts::get);
        Published staged = publishing.stage(body.edit(), staging(body.fields()), actor, body.message());
        draft.ifPresent(drafts::published);
        Answers.write(json, exchange, 200, staged);
    }

    private Staging staging(Fields fields) {
        String tenant = fields.text("tenant");
        if (tenant != null && tenants.list().stream().noneMatch(one -> one.id().equals(tenant))) {
            throw Refusal.notFound("tenant " + tenant + " not found");
        }
        int percent = fields.integer("percent", 1, 100, tenant == null ? 0 : 100);
        if (percent == 0) {
            throw Refusal.invalid("say how much of the new work it gets: percent, 1 to 100, or tenant");
        }
        int seconds = fields.integer("promoteAfterSeconds", 1, LONGEST_TRIAL, 0);
        int messages = fields.integer("promoteAfterMessages", 1, MOST_MESSAGES, 0);
        return new Staging(
                percent,
                tenant,
                seconds == 0 ? null : Duration.ofSeconds(seconds),
                messages == 0 ? null : (long) messages);
    }

    /** {@code POST /routes/rollback}. */
    public void rollBack(Exchange exchange) throws IOException {
        String actor = actor(exchange);
        RouteEdits.Body body = edits.without(exchange, Set.of("version", "message"));
        int version = body.fields().integer("version", 1, Integer.MAX_VALUE, 0);
        if (version == 0) {
            throw Refusal.invalid("version is missing: say which one is to be in force again");
        }
        Answers.write(json, exchange, 200, publishing.rollBack(version, actor, body.message()));
    }

    /** {@code POST /routes/promote}. */
    public void promote(Exchange exchange) throws IOException {
        String actor = actor(exchange);
        Answers.write(json, exchange, 200, publishing.promote(actor, note(exchange)));
    }

    /** {@code POST /routes/return}. */
    public void giveBack(Exchange exchange) throws IOException {
        String actor = actor(exchange);
        Answers.write(json, exchange, 200, publishing.giveBack(null, actor, note(exchange)));
    }

    private String note(Exchange exchange) throws IOException {
        return edits.without(exchange, Set.of("message")).message();
    }

    private static String actor(Exchange exchange) {
        Caller caller = Callers.caller(exchange);
        caller.require(Role.PUBLISHER);
        return caller.keyId().toString();
    }
}
