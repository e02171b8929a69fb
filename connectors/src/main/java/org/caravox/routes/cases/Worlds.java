package org.caravox.routes.cases;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.crm.CrmMappings;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.RoutePlan;
import org.caravox.routes.cases.Case.Given;

/** Sends messages, one after the other, through the routes of one set of files. */
final class Worlds implements AutoCloseable {

    /** What became of a message. */
    record Sent(Run run, Exchange message, boolean hung) {}

    private final RouteFiles files;
    private final RoutePlan plan;
    private final Surroundings surroundings;
    private final Values values;
    private final Map<String, World> worlds = new HashMap<>();
    private ExecutorService thread = thread();

    Worlds(RouteFiles files, RoutePlan plan, Surroundings surroundings) {
        this.files = files;
        this.plan = plan;
        this.surroundings = surroundings;
        this.values = new Values(CrmMappings.of(files));
    }

    private static ExecutorService thread() {
        return Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "route-cases");
            thread.setDaemon(true);
            return thread;
        });
    }

    Values values() {
        return values;
    }

    Duration within() {
        return surroundings.within();
    }

    /**
     * Sends a message.
     *
     * @param watched the places and steps whose messages are kept
     * @param traced  whether each step is noted
     * @throws CaseUnreadable when the message cannot be made
     */
    Sent send(String route, Given given, Set<String> watched, boolean traced) {
        String tenant = Optional.ofNullable(given.properties().get("tenant"))
                .map(name -> name.asText())
                .orElse(Values.TENANT);
        World world = worlds.computeIfAbsent(World.hasOwn(plan, tenant) ? tenant : "", this::open);
        Run run = new Run(given, values, tenant, watched, world.places(), traced);
        Exchange message = message(world, given, tenant);
        message.setProperty(Run.PROPERTY, run);
        try {
            return new Sent(run, message, hangs(world.steps(route), message, run));
        } catch (IllegalArgumentException e) {
            message.setException(e);
            return new Sent(run, message, false);
        }
    }

    private World open(String tenant) {
        return new World(
                        files,
                        plan,
                        values,
                        tenant.isEmpty() ? null : tenant,
                        surroundings.beans(),
                        surroundings.settings())
                .open();
    }

    private Exchange message(World world, Given given, String tenant) {
        Exchange message = world.message();
        message.setProperty("tenant", tenant);
        given.properties().forEach((name, value) -> message.setProperty(name, values.object(value)));
        given.headers().forEach((name, value) -> message.getMessage().setHeader(name, values.object(value)));
        HttpOfCase.add(message);
        if (given.body() != null) {
            message.getMessage().setBody(values.object(given.body()));
        }
        return message;
    }

    private boolean hangs(Processor steps, Exchange message, Run run) {
        Future<?> sent = thread.submit(() -> {
            steps.process(message);
            return message;
        });
        try {
            sent.get(within().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            message.setException(e.getCause());
        } catch (TimeoutException e) {
            run.end();
            leaveBehind();
            return true;
        } catch (InterruptedException e) {
            run.end();
            leaveBehind();
            Thread.currentThread().interrupt();
            return true;
        }
        return false;
    }

    /** What hangs is interrupted, and nobody else meets what it may have left half done. */
    private void leaveBehind() {
        thread.shutdownNow();
        thread = thread();
        worlds.values().forEach(World::close);
        worlds.clear();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        worlds.values().forEach(World::close);
    }
}
