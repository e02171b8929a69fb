package org.caravox.routes.seen;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.caravox.deliveries.Delivery;
import org.caravox.jobs.LeasedWork.Lease;
import org.caravox.publishing.RoutesSeen.Trace;
import org.caravox.publishing.RoutesSeen.Visit;
import org.jspecify.annotations.Nullable;

/** The way of one message, as it goes. Copies of it that are worked on at the same time write into the same. */
final class Trail {

    private static final int MOST_STEPS = 200;
    private static final int BYTES_A_STEP = 72;
    private static final int LONGEST_ERROR = 500;

    private final Instant at = Instant.now();
    private final long began = System.nanoTime();
    private final String route;
    private final Texts message;
    private final List<Step> steps = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private int more;
    private @Nullable Throwable told;
    private volatile Name name = new Name("", "message", null);
    private volatile long took;
    private volatile @Nullable String error;

    /** What a message is called, and whose it is. */
    record Name(String id, String what, @Nullable String tenant) {

        static Name of(Exchange exchange) {
            String tenant = exchange.getProperty("tenant", String.class);
            if (exchange.getProperty("lease") instanceof Lease lease) {
                return new Name(lease.id().toString(), "job", tenant);
            }
            if (exchange.getProperty("delivery") instanceof Delivery delivery) {
                return new Name(delivery.id().toString(), "delivery", tenant);
            }
            Object request = exchange.getProperty("requestId");
            return request == null
                    ? new Name(exchange.getExchangeId(), "message", tenant)
                    : new Name(request.toString(), "request", tenant);
        }
    }

    /** One step of it; its thread writes, others read. */
    static final class Step {

        private final Place place;
        private final long began = System.nanoTime();
        private volatile long took = -1;
        private volatile @Nullable String error;

        Step(Place place) {
            this.place = place;
        }

        void end(long nanos, @Nullable Throwable failure) {
            error = failure == null ? null : sentence(failure);
            took = nanos;
        }

        long began() {
            return began;
        }
    }

    Trail(String route, Texts message) {
        this.route = route;
        this.message = message;
    }

    Step step(Place place) {
        Step step = new Step(place);
        synchronized (steps) {
            if (steps.size() < MOST_STEPS) {
                steps.add(step);
            } else {
                more++;
            }
        }
        return step;
    }

    /** Whether a failure has not been told of this message in this route: those of steps around it are the same. */
    boolean isNews(Throwable failure, String of) {
        synchronized (steps) {
            boolean news = told != failure;
            told = failure;
            return news;
        }
    }

    /** Whether it ends by this. */
    boolean end(Exchange exchange) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        Throwable failure = exchange.getException() == null
                ? exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)
                : exchange.getException();
        error = failure == null ? null : sentence(failure);
        took = System.nanoTime() - began;
        name = Name.of(exchange);
        return true;
    }

    String id() {
        return name.id();
    }

    boolean cameBy(String wanted) {
        synchronized (steps) {
            return route.equals(wanted)
                    || steps.stream().anyMatch(step -> step.place.route().equals(wanted));
        }
    }

    int size() {
        synchronized (steps) {
            return 256 + message.size() + steps.size() * BYTES_A_STEP;
        }
    }

    Trace trace() {
        List<Visit> visits;
        int untold;
        synchronized (steps) {
            visits = steps.stream().map(this::visit).toList();
            untold = more;
        }
        return new Trace(
                name.id(),
                name.what(),
                name.tenant(),
                at,
                route,
                Duration.ofNanos(took),
                error,
                message.masked(),
                visits,
                untold);
    }

    private Visit visit(Step step) {
        return new Visit(
                step.place.route(),
                step.place.step(),
                step.place.version(),
                Duration.ofNanos(step.began - began),
                step.took < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(step.took)),
                step.error);
    }

    static String sentence(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String text = Masks.sentence(message);
        return text.length() > LONGEST_ERROR ? text.substring(0, LONGEST_ERROR) + " ..." : text;
    }
}
