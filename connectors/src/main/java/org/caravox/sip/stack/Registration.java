package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a registration with a trunk alive: again before it runs out, later and later while it fails. RFC 3261, section 10. */
final class Registration {

    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Core core;
    private final Trunk trunk;
    private final String registrar;
    private final Executor line;
    private final Upkeep upkeep;
    private Duration asked;
    private int failures;
    private boolean closed;

    Registration(Core core, Trunk trunk, String registrar) {
        this.core = core;
        this.trunk = trunk;
        this.registrar = registrar;
        this.line = core.line();
        this.upkeep = new Upkeep(core, null);
        this.asked = trunk.registerEvery();
    }

    void start() {
        line.execute(this::register);
    }

    private void register() {
        if (!closed) {
            send(asked, this::answered);
        }
    }

    private void send(Duration expires, java.util.function.Consumer<SIPResponse> told) {
        String user = trunk.username() == null ? "caravox" : trunk.username();
        String who =
                "sip:" + user + "@" + HostPort.inAddress(trunk.domainOfNumbers().orElse(registrar));
        String uri = "sip:" + HostPort.inAddress(HostPort.of(registrar).host());
        new Exchange(
                        core,
                        line,
                        trunk,
                        () -> Hops.of(registrar, trunk.transport()),
                        () -> upkeep.request(
                                "REGISTER",
                                uri,
                                who,
                                trunk.transport(),
                                List.of("Expires: " + expires.toSeconds(), "Allow: " + Messages.ALLOW)),
                        told)
                .start();
    }

    private void answered(SIPResponse response) {
        int status = response.getStatusCode();
        if (status < 200) {
            return;
        }
        Optional<Duration> least = Messages.seconds(response, "Min-Expires");
        if (status < 300) {
            failures = 0;
            core.trunks().registered(trunk, true);
            Duration given = granted(response);
            // A little before it runs out, so that a lost packet or two do not matter
            again(longer(given.multipliedBy(4).dividedBy(5), SHORTEST));
        } else if (status == 423 && least.isPresent() && least.get().compareTo(asked) > 0) {
            asked = least.get();
            register();
        } else {
            failed(status);
        }
    }

    private Duration granted(SIPResponse response) {
        String ours =
                core.wire().contact(trunk.transport()).replaceAll("[<>]", "").split(";", 2)[0];
        return Messages.values(response, "Contact").stream()
                .filter(contact -> contact.contains(ours))
                .flatMap(contact -> Messages.parameter(contact, "expires").stream())
                .filter(text -> text.matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .findFirst()
                .or(() -> Messages.seconds(response, "Expires"))
                .orElse(asked);
    }

    private void failed(int status) {
        core.trunks().registered(trunk, false);
        failures++;
        Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration wait = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
        log.warn("sip.unregistered trunk={} status={} again-in={}", trunk.name(), status, wait);
        again(wait.plusMillis(ThreadLocalRandom.current().nextLong(wait.toMillis() / 4 + 1)));
    }

    private void again(Duration wait) {
        core.timers().after(wait, line, this::register);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Takes it back; done when that is answered, or there is nothing to take back. */
    CompletableFuture<Void> close() {
        var done = new CompletableFuture<Void>();
        try {
            line.execute(() -> takeBack(done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    private void takeBack(CompletableFuture<Void> done) {
        closed = true;
        if (!core.trunks().isRegistered(trunk)) {
            done.complete(null);
            return;
        }
        send(Duration.ZERO, response -> {
            if (response.getStatusCode() >= 200) {
                done.complete(null);
            }
        });
    }
}
