package org.caravox.routes.cases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.RoutePlan;
import org.caravox.routes.cases.Case.Message;
import org.caravox.routes.cases.Case.Sent;
import org.caravox.routes.cases.Case.Then;
import org.caravox.routes.cases.Run.Received;
import org.jspecify.annotations.Nullable;

/** Runs cases one after the other, in Camel contexts of their own. */
public final class CaseRunner implements RouteCases {

    /** All cases together; the rest is not run. */
    private static final Duration MOST = Duration.ofMinutes(2);

    private final Surroundings surroundings;

    /** @param surroundings what cases have of the hub */
    public CaseRunner(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public List<Result> run(RouteFiles files, RouteFiles before) {
        RoutePlan plan = RoutePlan.of(files);
        Reach reach = Reach.of(plan, before.changesTo(files));
        return run(files, plan, each -> before.equals(RouteFiles.NONE) || reach.reaches(each));
    }

    /**
     * Runs the cases of some routes.
     *
     * @param routes their ids
     * @throws org.caravox.publishing.RoutesRefused when the files cannot be understood
     */
    public List<Result> runOf(RouteFiles files, List<String> routes) {
        return run(files, RoutePlan.of(files), each -> routes.contains(each.route()));
    }

    private List<Result> run(RouteFiles files, RoutePlan plan, Predicate<Case> chosen) {
        List<Result> results = new ArrayList<>();
        long end = System.nanoTime() + MOST.toNanos();
        try (Worlds worlds = new Worlds(files, plan, surroundings)) {
            for (String path : files.texts().keySet()) {
                if (CaseReader.holdsCases(path)) {
                    results.addAll(run(worlds, files, plan, path, chosen, end));
                }
            }
        }
        return results;
    }

    private static List<Result> run(
            Worlds worlds, RouteFiles files, RoutePlan plan, String path, Predicate<Case> chosen, long end) {
        List<Case> cases;
        try {
            cases = new CaseReader(files, plan, path).read();
        } catch (CaseUnreadable e) {
            return List.of(new Result(
                    path,
                    e.line(),
                    "the file can be read",
                    CaseReader.byFile(path),
                    Duration.ZERO,
                    List.of(where(path, e))));
        }
        return cases.stream().filter(chosen).map(each -> run(worlds, each, end)).toList();
    }

    private static String where(String path, CaseUnreadable e) {
        return path + (e.line() == 0 ? "" : ":" + e.line()) + ": " + e.getMessage();
    }

    private static Result run(Worlds worlds, Case wanted, long end) {
        long began = System.nanoTime();
        List<String> failures = began - end > 0
                ? List.of("it was not run: all cases together took longer than " + MOST.toSeconds() + " s")
                : failures(worlds, wanted);
        return new Result(
                wanted.file(),
                wanted.line(),
                wanted.name(),
                wanted.route(),
                Duration.ofNanos(System.nanoTime() - began),
                failures);
    }

    private static List<String> failures(Worlds worlds, Case wanted) {
        try {
            Worlds.Sent sent = worlds.send(wanted.route(), wanted.given(), wanted.watched(), false);
            return failures(worlds, wanted.then(), sent);
        } catch (CaseUnreadable e) {
            return List.of(where(wanted.file(), e));
        }
    }

    private static List<String> failures(Worlds worlds, Then then, Worlds.Sent sent) {
        Run run = sent.run();
        if (run.missing().isPresent()) {
            return List.of(run.missing().get());
        }
        if (sent.hung()) {
            return List.of(
                    "it had not ended after " + worlds.within().toMillis() + " ms; it was at the step " + run.at());
        }
        Differences differences = new Differences(worlds.values());
        if (failed(then.fails(), sent, differences)) {
            return differences.found();
        }
        Values values = worlds.values();
        if (then.body() != null) {
            differences.compare(
                    "body",
                    then.body(),
                    values.shown(sent.message().getMessage().getBody()));
        }
        differences.compare(
                "headers",
                then.headers(),
                shown(values, sent.message().getMessage().getHeaders(), then.headers()));
        differences.compare(
                "properties", then.properties(), shown(values, sent.message().getProperties(), then.properties()));
        then.sent().forEach((place, expected) -> sent(place, expected, run.received(place), differences));
        for (String place : then.notSent()) {
            if (!run.received(place).isEmpty()) {
                differences.add("sent to " + place, "nothing", describe(run.received(place)));
            }
        }
        return differences.found();
    }

    private static Map<String, com.fasterxml.jackson.databind.JsonNode> shown(
            Values values, Map<String, Object> all, Map<String, ?> named) {
        Map<String, com.fasterxml.jackson.databind.JsonNode> shown = new java.util.LinkedHashMap<>();
        named.keySet().forEach(name -> shown.put(name, values.shown(all.get(name))));
        return shown;
    }

    /** Whether it makes no sense to look any further. */
    private static boolean failed(@Nullable String expected, Worlds.Sent sent, Differences differences) {
        Optional<Throwable> failure = Optional.ofNullable(sent.message().getException());
        if (expected == null) {
            failure.ifPresent(each ->
                    differences.add("the route failed at the step " + sent.run().at(), "it ends well", words(each)));
            return failure.isPresent();
        }
        if (failure.isEmpty()) {
            differences.add("the failure", "contains: " + expected, "(the route ended well)");
        } else if (!words(failure.get()).contains(expected)) {
            differences.add("the failure", "contains: " + expected, words(failure.get()));
        }
        return false;
    }

    private static String words(Throwable failure) {
        StringBuilder words = new StringBuilder();
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 5; depth++) {
            String message = String.valueOf(each.getMessage());
            if (words.indexOf(message) < 0) {
                words.append(words.isEmpty() ? "" : "\n")
                        .append(each.getClass().getSimpleName())
                        .append(": ")
                        .append(message);
            }
            each = each.getCause();
        }
        return words.toString();
    }

    private static void sent(String place, Sent expected, List<Received> got, Differences differences) {
        if (got.size() != expected.times()) {
            differences.add(
                    "sent to " + place,
                    expected.times() + (expected.times() == 1 ? " message" : " messages"),
                    got.size()
                            + (got.size() == 1 ? " message" : " messages")
                            + (got.isEmpty() ? "" : "\n" + describe(got)));
            return;
        }
        List<Message> each = expected.each() == null ? List.of() : expected.each();
        for (int i = 0; i < each.size(); i++) {
            String what = "sent to " + place + (each.size() == 1 ? "" : " [" + i + "]") + ": ";
            Message wanted = each.get(i);
            if (wanted.body() != null) {
                differences.compare(what + "body", wanted.body(), got.get(i).body());
            }
            differences.compare(what + "headers", wanted.headers(), got.get(i).headers());
            differences.compare(
                    what + "properties", wanted.properties(), got.get(i).properties());
        }
    }

    private static String describe(List<Received> messages) {
        StringBuilder all = new StringBuilder();
        messages.forEach(each -> all.append(all.isEmpty() ? "" : "\n")
                .append(
                        each.body().isTextual()
                                ? each.body().textValue()
                                : each.body().toString()));
        return all.toString();
    }
}
