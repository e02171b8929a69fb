package org.caravox.routes.cases;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.caravox.providers.Use;
import org.caravox.publishing.RouteTrial.Step;
import org.caravox.routes.cases.Case.Answer;
import org.caravox.routes.cases.Case.Given;
import org.jspecify.annotations.Nullable;

/** One message on its way through routes on the side: what it meets, and what is noted of it. */
final class Run {

    /** The property of the exchange that holds it. */
    static final String PROPERTY = "caravoxCase";

    /** A message that went somewhere. */
    record Received(JsonNode body, Map<String, JsonNode> headers, Map<String, JsonNode> properties) {}

    /** A place or step as it is written, and what it stands for. */
    private record Place(String written, Pattern pattern) {}

    private static final Comparator<String> MOST_SPECIAL_FIRST = Comparator.<String, Boolean>comparing(
                    written -> written.contains("*"))
            .thenComparing(Comparator.comparingInt(String::length).reversed());

    private static final int MOST_STEPS = 2000;
    /** Of one message, in characters or bytes. */
    private static final int LONGEST_BODY = 1024 * 1024;
    /** Of the messages at all steps together, in characters or bytes. */
    private static final long MOST_KEPT = 64L * LONGEST_BODY;

    private final Given given;
    private final Values values;
    private final String tenant;
    private final List<Place> answering;
    private final List<Place> watched;
    private final boolean traced;
    private final Map<String, AtomicInteger> answered = new ConcurrentHashMap<>();
    private final Map<String, List<Received>> received = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong kept = new AtomicLong();
    private volatile boolean over;
    private volatile String at = "the door";
    private volatile @Nullable String missing;

    /**
     * A run.
     *
     * @param watched the places and steps whose messages are kept
     * @param traced  whether each step is noted
     */
    Run(Given given, Values values, String tenant, Set<String> watched, Places places, boolean traced) {
        this.given = given;
        this.values = values;
        this.tenant = tenant;
        this.answering = given.endpoints().keySet().stream()
                .sorted(MOST_SPECIAL_FIRST)
                .map(each -> new Place(each, places.pattern(each)))
                .toList();
        this.watched = watched.stream()
                .map(each -> new Place(each, places.pattern(each)))
                .toList();
        this.traced = traced;
    }

    /** That of an exchange. */
    static Run of(Exchange exchange) {
        Run run = exchange.getProperty(PROPERTY, Run.class);
        if (run == null) {
            throw new IllegalStateException("only messages of cases come here");
        }
        return run;
    }

    Values values() {
        return values;
    }

    String tenant() {
        return tenant;
    }

    boolean traced() {
        return traced;
    }

    /** Where it is. */
    String at() {
        return at;
    }

    void at(String step) {
        at = step;
    }

    /** Nothing more is done for it. */
    void end() {
        over = true;
    }

    boolean over() {
        return over || missing != null;
    }

    /**
     * Counts a step, and what came to it.
     *
     * @throws NotReplaced when that is too much to be tried
     */
    void count(Exchange exchange) {
        int size = size(exchange.getMessage().getBody());
        if (count.incrementAndGet() > MOST_STEPS) {
            throw block("it was stopped after " + MOST_STEPS + " steps, at the step " + at);
        }
        if (size > LONGEST_BODY) {
            throw block("the body that came to the step " + at + " is larger than 1 MB, which is too much to be tried");
        }
        if (kept.addAndGet(size) > MOST_KEPT) {
            throw block("the bodies of all steps up to " + at + " are together too much to be tried");
        }
    }

    private static int size(@Nullable Object body) {
        if (body instanceof CharSequence text) {
            return text.length();
        }
        return body instanceof byte[] bytes ? bytes.length : 0;
    }

    /** What the case does not say, and what to write; empty when it says all. */
    Optional<String> missing() {
        return Optional.ofNullable(missing);
    }

    /** Ends it, because the case does not say what somebody answers. */
    NotReplaced block(String what) {
        if (missing == null) {
            missing = what;
        }
        return new NotReplaced(what);
    }

    /** What a step does instead. */
    Optional<Answer> ofStep(String id) {
        return next(given.steps(), id);
    }

    /** What an endpoint does instead. */
    Optional<Answer> ofPlace(String address) {
        return answering.stream()
                .filter(place -> place.pattern().matcher(address).matches())
                .findFirst()
                .flatMap(place -> next(given.endpoints(), place.written()));
    }

    private <T> Optional<T> next(Map<String, List<T>> answers, String name) {
        List<T> all = answers.get(name);
        if (all == null) {
            return Optional.empty();
        }
        int turn = answered.computeIfAbsent(name, any -> new AtomicInteger()).getAndIncrement();
        return Optional.of(all.get(Math.min(turn, all.size() - 1)));
    }

    /**
     * What a provider answers.
     *
     * @throws Exception in the way that the case says
     */
    JsonNode provider(String name, Use use) throws Exception {
        JsonNode answer = next(given.providers(), name)
                .orElseThrow(() -> block("the step " + at + " asks " + name
                        + ", and nothing says what it answers: write under given\n"
                        + "  providers: {" + name + ": {" + (name.equals("speech") ? "seconds: 2" : "text: hello")
                        + "}}"));
        if (answer.has("fail")) {
            throw Failures.of(
                    answer.get("fail").asText(), answer.path("message").asText(""), use);
        }
        return answer;
    }

    /** Has an answer take the place of what would be done. */
    void apply(Answer answer, Exchange exchange) {
        Message message = exchange.getMessage();
        answer.headers().forEach((name, value) -> message.setHeader(name, values.object(value)));
        answer.properties().forEach((name, value) -> exchange.setProperty(name, values.object(value)));
        if (answer.body() != null) {
            message.setBody(values.object(answer.body()));
        }
        if (answer.fail() != null) {
            exchange.setException(Failures.of(answer.fail(), answer.message(), Use.TRANSCRIPTION));
        }
    }

    /** Notes that a message came to a step or a place. */
    void came(String place, Exchange exchange) {
        for (Place each : watched) {
            if (each.pattern().matcher(place).matches()) {
                note(each.written(), exchange);
            }
        }
    }

    private synchronized void note(String place, Exchange exchange) {
        received.computeIfAbsent(place, any -> new ArrayList<>())
                .add(new Received(
                        values.shown(exchange.getMessage().getBody()),
                        shown(exchange.getMessage().getHeaders()),
                        shown(exchange.getProperties())));
    }

    private Map<String, JsonNode> shown(Map<String, Object> all) {
        Map<String, JsonNode> shown = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (!name.equals(PROPERTY)) {
                shown.put(name, values.shown(value));
            }
        });
        return shown;
    }

    /** What came to a place, as it is written. */
    synchronized List<Received> received(String place) {
        return List.copyOf(received.getOrDefault(place, List.of()));
    }

    /** Makes room for a step that begins; its number. */
    synchronized int begun(Step step) {
        steps.add(step);
        return steps.size() - 1;
    }

    synchronized void ended(int number, Step step) {
        steps.set(number, step);
    }

    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** A step that would have had an effect. */
    static final class NotReplaced extends RuntimeException {

        private static final long serialVersionUID = 1;

        NotReplaced(String what) {
            super(what);
        }
    }
}
