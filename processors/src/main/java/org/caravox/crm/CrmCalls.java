package org.caravox.crm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.caravox.crm.CrmLogins.Shown;
import org.caravox.deliveries.ParkedDelivery;
import org.caravox.deliveries.Postponed;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderCall.Bytes;
import org.caravox.providers.ProviderCall.Content;
import org.caravox.providers.ProviderCall.None;
import org.caravox.providers.ProviderHttp;
import org.caravox.requests.Deadline;
import org.caravox.requests.Patience;
import org.caravox.requests.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to CRMs, whose addresses the operator has set, and decides what an answer means for the delivery: done,
 * tried again, tried again after a while, or never again. A CRM that asks to wait is not asked by this hub until then.
 */
public final class CrmCalls {

    private static final Logger log = LoggerFactory.getLogger(CrmCalls.class);
    private static final int MOST_BYTES = 1024 * 1024;
    private static final int MOST_WORDS = 300;
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LATER = Duration.ofMinutes(15);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final int PERCENT_LEFT_TO_OTHERS = 5;
    private static final Pattern SFORCE_USAGE = Pattern.compile("api-usage=(\\d{1,9})/(\\d{1,9})");

    /** An answer with the headers that tell of limits. */
    private record Heard(CrmAnswer answer, Optional<Duration> pause, String usage) {}

    /** Until when a CRM is left alone, and why. */
    private record Held(Instant until, String why) {}

    private final ProviderHttp http;
    private final CrmLogins logins;
    private final ObjectMapper json;
    private final Clock clock;
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    public CrmCalls(ProviderHttp http, CrmLogins logins, ObjectMapper json, Clock clock) {
        this.http = http;
        this.logins = logins;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Sends a request; when the CRM refuses a token, once more with a new one.
     *
     * @throws Postponed      when the CRM asks to come back later
     * @throws ParkedDelivery when it refuses what was sent, in its words
     * @throws Refusal        UNREACHABLE, TIMED_OUT or OVERLOADED when it may work another time; FORBIDDEN when it does
     *                        not let us in
     */
    CrmAnswer send(CrmConnection crm, CrmRequest request, Deadline deadline) {
        checkHeld(crm);
        byte[] body = bytes(request);
        Shown shown = logins.show(crm, body, this::post, deadline);
        Heard heard = send(crm, request, body, shown, deadline);
        if (heard.answer().status() == 401 && crm.auth().logsIn()) {
            logins.forget(crm, shown.token());
            heard = send(crm, request, body, logins.show(crm, body, this::post, deadline), deadline);
        }
        if (!request.method().equals("GET")) { // what was looked up is still written, so that something gets done
            watch(crm, heard);
        }
        return judged(crm, heard);
    }

    /**
     * Logs in anew.
     *
     * @throws Refusal FORBIDDEN when the CRM does not let us in, in its words
     */
    void logIn(CrmConnection crm, Deadline deadline) {
        logins.forget(crm, "");
        logins.show(crm, new byte[0], this::post, deadline);
    }

    /** The headers that a request would have, its secrets masked. */
    Map<String, String> shown(CrmConnection crm, CrmRequest request) {
        Map<String, String> headers = headers(crm, request);
        headers.putAll(logins.masked(crm.auth()));
        return headers;
    }

    private static Map<String, String> headers(CrmConnection crm, CrmRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json");
        if (!request.body().isMissingNode()) {
            headers.put("Content-Type", "application/json");
        }
        headers.putAll(crm.headers());
        headers.putAll(request.headers());
        return headers;
    }

    private Heard send(CrmConnection crm, CrmRequest request, byte[] body, Shown shown, Deadline deadline) {
        Map<String, String> headers = headers(crm, request);
        headers.putAll(shown.headers());
        Content content = request.body().isMissingNode() ? new None() : new Bytes("application/json", body);
        URI url;
        try {
            url = URI.create(crm.baseUrl() + request.path());
        } catch (IllegalArgumentException e) {
            throw new ParkedDelivery("the CRM " + crm.name() + " cannot be asked for the path " + request.path()
                    + ": put what varies into url()");
        }
        return call("the CRM " + crm.name(), new ProviderCall(request.method(), url, headers, content), deadline);
    }

    private CrmAnswer post(URI url, Map<String, String> fields, Deadline deadline) {
        Content form = new Bytes("application/x-www-form-urlencoded", CrmLogins.encoded(fields));
        return call("the login at", ProviderCall.post(url, Map.of("Accept", "application/json"), form), deadline)
                .answer();
    }

    private Heard call(String who, ProviderCall call, Deadline deadline) {
        try (ProviderAnswer answer = http.send(call, Patience.until(deadline))) {
            JsonNode body = read(answer.bytes(MOST_BYTES));
            return new Heard(
                    new CrmAnswer(answer.status(), body),
                    pause(answer),
                    answer.header("Sforce-Limit-Info").orElse(""));
        } catch (IOException e) {
            throw away(who + " (" + call.uri().getHost() + ")", e);
        }
    }

    private JsonNode read(byte[] body) {
        try {
            JsonNode read = json.readTree(body);
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private static Refusal away(String who, IOException failure) {
        if (failure instanceof InterruptedIOException) {
            return new Refusal(Refusal.Reason.TIMED_OUT, who + " did not answer in time", null, failure);
        }
        String why = "broke off (" + failure.getClass().getSimpleName().replaceFirst("Exception$", "") + ")";
        if (failure instanceof UnknownHostException) {
            why = "is not known by that name: is its base-url right?";
        } else if (failure instanceof ConnectException) {
            why = "takes no connections";
        } else if (failure instanceof SSLException) {
            why = "cannot be trusted (TLS): " + failure.getMessage();
        }
        return new Refusal(Refusal.Reason.UNREACHABLE, who + " " + why, null, failure);
    }

    private byte[] bytes(CrmRequest request) {
        if (request.body().isMissingNode()) {
            return new byte[0];
        }
        try {
            return json.writeValueAsBytes(request.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    /** {@code Retry-After} in seconds, or HubSpot's interval in milliseconds. */
    private static Optional<Duration> pause(ProviderAnswer answer) {
        return answer.header("Retry-After")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .or(() -> answer.header("X-HubSpot-RateLimit-Interval-Milliseconds")
                        .filter(text -> text.matches("\\d{1,9}"))
                        .map(text -> Duration.ofMillis(Long.parseLong(text))));
    }

    private CrmAnswer judged(CrmConnection crm, Heard heard) {
        CrmAnswer answer = heard.answer();
        int status = answer.status();
        String code = code(answer.body());
        String said = logins.hide(crm, "the CRM " + crm.name() + " answered " + status + words(answer.body()));
        if (status == 207) {
            checkItems(crm, answer, said);
        }
        if (status >= 200 && status <= 299) {
            return answer;
        }
        if (status == 429 || code.equals("REQUEST_LIMIT_EXCEEDED")) {
            throw hold(crm, said, ofDay(answer, code) ? LATER : heard.pause().orElse(SOON));
        }
        if (code.equals("UNABLE_TO_LOCK_ROW")) {
            throw new Postponed(said + ": somebody else was changing that record", SOON);
        }
        if (status == 300) {
            throw new ParkedDelivery(
                    said + ": more than one record has this external id: mend that in the CRM, and" + " replay");
        }
        if (status == 401) {
            throw new Refusal(Refusal.Reason.FORBIDDEN, said);
        }
        if (status == 503 && heard.pause().isPresent()) {
            throw hold(crm, said, heard.pause().get());
        }
        if (status >= 500 || status == 408 || status == 409 || status == 425) {
            throw new Refusal(Refusal.Reason.OVERLOADED, said);
        }
        if (status < 400) {
            throw new ParkedDelivery(said + ": no API answers so; is its base-url right?");
        }
        throw new ParkedDelivery(said);
    }

    /** Headers then tell of the limits that are shorter than a day. */
    private static boolean ofDay(CrmAnswer answer, String code) {
        return code.equals("REQUEST_LIMIT_EXCEEDED")
                || answer.body().path("policyName").asText("").equals("DAILY");
    }

    /** Of a batch, part was not done: what may work another time is tried again, the rest is told. */
    private static void checkItems(CrmConnection crm, CrmAnswer answer, String said) {
        JsonNode errors = answer.body().path("errors");
        if (errors.isEmpty()) {
            return;
        }
        JsonNode first = errors.get(0);
        String which = "of a batch, the CRM " + crm.name() + " did not take " + errors.size() + words(first);
        String category = first.path("category").asText("");
        if (category.equals("RATE_LIMITS")) {
            throw new Postponed(which, SOON);
        }
        if (category.equals("INTERNAL_ERROR") || first.path("status").asInt(0) >= 500) {
            throw new Refusal(Refusal.Reason.OVERLOADED, said);
        }
        throw new ParkedDelivery(which);
    }

    private Postponed hold(CrmConnection crm, String said, Duration wanted) {
        Duration wait = wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
        leaveAlone(crm, wait, "the CRM " + crm.name() + " has asked to be left alone for a while");
        log.warn("crm.held tenant={} crm={} seconds={}", crm.tenant(), crm.name(), wait.toSeconds());
        return new Postponed(said, wait);
    }

    private void leaveAlone(CrmConnection crm, Duration wait, String why) {
        Held now = new Held(clock.instant().plus(wait), why);
        held.merge(key(crm), now, (one, other) -> one.until().isAfter(other.until()) ? one : other);
    }

    private void checkHeld(CrmConnection crm) {
        Held now = held.get(key(crm));
        if (now == null) {
            return;
        }
        Duration left = Duration.between(clock.instant(), now.until());
        if (left.isNegative() || left.isZero()) {
            held.remove(key(crm), now);
            return;
        }
        throw new Postponed(now.why(), left);
    }

    /** Salesforce counts an org's requests over 24 hours, and not only ours. */
    private void watch(CrmConnection crm, Heard heard) {
        Matcher usage = SFORCE_USAGE.matcher(heard.usage());
        if (!usage.find()) {
            return;
        }
        long used = Long.parseLong(usage.group(1));
        long allowed = Long.parseLong(usage.group(2));
        if (used * 100 >= allowed * (100 - PERCENT_LEFT_TO_OTHERS)) {
            leaveAlone(
                    crm,
                    LATER,
                    "of the requests that the CRM " + crm.name() + " allows in 24 hours, " + used + " of " + allowed
                            + " are used: the others are left to others");
            log.warn("crm.near-limit tenant={} crm={} used={} allowed={}", crm.tenant(), crm.name(), used, allowed);
        }
    }

    private static String key(CrmConnection crm) {
        return crm.tenant() + "/" + crm.name();
    }

    private static String code(JsonNode body) {
        JsonNode error = body.isArray() ? body.path(0) : body;
        return error.path("errorCode").asText("").toUpperCase(Locale.ROOT);
    }

    /** What a CRM says of an error, behind a colon; nothing when it says nothing. */
    static String words(JsonNode body) {
        JsonNode error = body.isArray() ? body.path(0) : body;
        StringBuilder words = new StringBuilder();
        for (String field : new String[] {"errorCode", "category", "error", "error_description", "message"}) {
            if (error.path(field).isTextual()) {
                words.append(' ').append(error.path(field).textValue());
            }
        }
        JsonNode fields = error.path("fields");
        if (fields.isArray() && !fields.isEmpty()) {
            words.append(" (fields ").append(fields).append(')');
        }
        String line = words.toString().replaceAll("\\p{Cntrl}+", " ").strip();
        String shown = line.length() > MOST_WORDS ? line.substring(0, MOST_WORDS) + "..." : line;
        return shown.isEmpty() ? "" : ": " + shown;
    }
}
