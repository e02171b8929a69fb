package org.caravox.sip.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import gov.nist.javax.sip.message.SIPRequest;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.calls.media.NoCommonCodec;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.IncomingCalls;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SessionDescription;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.calls.signalling.SignalLeg.Parties;
import org.caravox.calls.signalling.Signalling;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks SIP (RFC 3261): rings, and is rung. It listens from its making on; calls are declined by 503 until somebody takes them.
 */
public final class SipStack implements Signalling, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SipStack.class);

    private static final int THREADS = 8;
    private static final int QUEUE = 50_000;
    private static final Duration COME_BACK = Duration.ofSeconds(5);

    /** What others may take to answer the last that we ask of them. */
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(3);

    private final Core core;
    private final ThreadPoolExecutor pool;
    private final Reception reception;
    private final Probes probes;
    private final List<Registration> registrations = new ArrayList<>();

    /**
     * Listens, registers with the trunks that want it, and asks all of them whether they are there.
     *
     * @throws IllegalStateException when settings cannot be used, or a port is taken: names it
     */
    public SipStack(SipSettings settings, MeterRegistry registry, Clock clock) {
        this.pool = pool();
        var legs = new Legs();
        var meters = new Meters(registry);
        var trunks = new Trunks(settings.trunks());
        String probe = Messages.random(16);
        var gate = new Gate(
                settings.guard(),
                meters,
                trunks,
                request -> (request.getCallId() != null
                                && request.getCallId().getCallId().equals(probe))
                        || legs.ofRequest(request).isPresent());
        var wire = new Wire(settings.listening(), gate);
        this.core = new Core(settings, wire, new Timers(), trunks, legs, meters, pool);
        this.reception = new Reception(core, gate, new DigestCheck(clock), probe, SipStack::notYet);
        meters.dialogs(legs.map());
        meters.trunks(trunks);
        wire.open(reception);
        begin(settings);
        this.probes = new Probes(core, probe);
        meters.alive(probes);
        probes.start();
    }

    private void begin(SipSettings settings) {
        for (Trunk trunk : settings.trunks()) {
            String registrar = trunk.registrar();
            if (registrar != null) {
                var registration = new Registration(core, trunk, registrar);
                registrations.add(registration);
                registration.start();
            }
        }
    }

    private static ThreadPoolExecutor pool() {
        var count = new AtomicInteger();
        var pool = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    var thread = new Thread(task, "sip-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static LegListener notYet(SignalLeg leg) {
        leg.decline(503, "Starting", COME_BACK, null);
        return new LegListener() {
            @Override
            public SessionDescription offered(@Nullable SessionDescription offer) throws NoCommonCodec {
                throw new NoCommonCodec("nobody takes calls yet");
            }

            @Override
            public void ended(Ended ended) {}
        };
    }

    @Override
    public void answeredBy(IncomingCalls incoming) {
        reception.answeredBy(incoming);
    }

    @Override
    public SignalLeg dial(Dial dial, LegListener listener) {
        if (reception.isClosing() || core.legs().count() >= core.settings().mostCalls()) {
            throw new Refusal(Refusal.Reason.OVERLOADED, "no more calls can be made now", COME_BACK, null);
        }
        @Nullable Trunk trunk = trunk(dial);
        String[] toAndHeaders = dial.to().split("\\?", 2);
        String target = Addresses.complete(toAndHeaders[0], trunk, core.wire());
        String transport = transport(target, trunk);
        dial.headers().forEach((name, value) -> check(name, value, trunk));
        Dialog dialog = Dialog.toBe(core, local(dial, trunk), target, transport);
        List<String> addresses = trunk == null ? List.of() : core.trunks().addresses(trunk);
        var leg = new OutgoingLeg(
                core,
                core.line(),
                dialog,
                trunk,
                parties(dial, dialog, trunk, target, addresses),
                dial,
                replaced(dial, toAndHeaders),
                addresses);
        leg.tells(listener);
        core.legs().add(leg);
        leg.start();
        return leg;
    }

    /** The dialog that is to be replaced: a leg of ours, or what an address that came by REFER says. */
    private static @Nullable String replaced(Dial dial, String[] toAndHeaders) {
        if (dial.replaces() instanceof Leg leg) {
            return leg.dialog().replaces();
        }
        return toAndHeaders.length < 2
                ? null
                : Arrays.stream(toAndHeaders[1].split("&"))
                        .filter(header -> header.regionMatches(true, 0, "Replaces=", 0, 9))
                        .map(header -> URLDecoder.decode(header.substring(9).replace("+", "%2B"), UTF_8))
                        .filter(value -> value.chars().noneMatch(Character::isISOControl))
                        .findFirst()
                        .orElse(null);
    }

    private @Nullable Trunk trunk(Dial dial) {
        String name = dial.trunk();
        if (name == null) {
            return null;
        }
        Trunk trunk = core.trunks()
                .named(name)
                .orElseThrow(() -> Refusal.invalid("trunk " + name + " is not known: name one of "
                        + String.join(", ", core.trunks().states().keySet())));
        if (!core.trunks().isRegistered(trunk)) {
            throw new Refusal(Refusal.Reason.UNREACHABLE, "trunk " + name + " is not registered now", COME_BACK, null);
        }
        if (trunk.addresses().isEmpty() && trunk.registrar() == null) {
            throw Refusal.invalid("trunk " + name + " has no addresses: it only takes calls");
        }
        return trunk;
    }

    private String transport(String target, @Nullable Trunk trunk) {
        String said = target.toLowerCase(Locale.ROOT);
        String transport = trunk != null
                ? trunk.transport()
                : said.startsWith("sips:") || said.contains("transport=tls")
                        ? "tls"
                        : said.contains("transport=tcp") ? "tcp" : core.wire().speaks("udp") ? "udp" : "tcp";
        if (!core.wire().speaks(transport)) {
            throw Refusal.invalid(
                    "nothing listens for " + transport + ": set caravox.calls.sip." + transport + "-port");
        }
        return transport;
    }

    private static void check(String name, String value, @Nullable Trunk trunk) {
        boolean allowed = name.regionMatches(true, 0, "X-", 0, 2)
                || (trunk != null && trunk.headers().stream().anyMatch(name::equalsIgnoreCase));
        if (!allowed || !name.matches("[A-Za-z][\\w.-]{0,63}")) {
            throw Refusal.invalid("header " + name.replaceAll("[^\\w.-]", "?")
                    + " cannot be sent: it must begin with X-, or be" + " among the trunk's headers");
        }
        if (value.length() > 1024 || value.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.invalid("header " + name + " must be one line of at most 1024 characters");
        }
    }

    private String local(Dial dial, @Nullable Trunk trunk) {
        String from = dial.from() == null ? (trunk == null ? "caravox" : trunk.shown()) : dial.from();
        String name = dial.fromName() == null ? "" : Messages.quoted(dial.fromName()) + " ";
        if (from.matches("(?i)sips?:[^\\s<>\"\\p{Cntrl}]{1,500}")) {
            return name + "<" + from + ">";
        }
        if (!from.matches("[+0-9A-Za-z*#._-]{1,64}")) {
            throw Refusal.invalid("from must be a number, or an address like sip:name@host");
        }
        String domain =
                Optional.ofNullable(trunk).map(Trunk::domain).orElse(core.wire().host());
        return name + "<sip:" + from.replace("#", "%23") + "@" + HostPort.inAddress(domain) + ">";
    }

    private static Parties parties(
            Dial dial, Dialog dialog, @Nullable Trunk trunk, String target, List<String> addresses) {
        SIPRequest shape = Messages.request("OPTIONS " + target + " SIP/2.0", List.of("From: " + dialog.local()), null);
        return new Parties(
                dialog.callId(),
                false,
                dial.trunk(),
                Addresses.user(shape.getFrom().getAddress().getURI()),
                dial.fromName(),
                Addresses.user(shape.getRequestURI()),
                addresses.isEmpty() ? target.replaceFirst("(?i)^sips?:([^@]*@)?", "") : addresses.get(0),
                trunk == null ? dialog.transport() : trunk.transport(),
                Map.of(),
                false);
    }

    /** By name, whether each trunk answers, and has us registered where it wants that. */
    public Map<String, Boolean> trunks() {
        return core.trunks().states();
    }

    /** Whether the stack answers what it asks itself, every 30 seconds. */
    public boolean isAlive() {
        return probes.isAlive();
    }

    /** How many dialogs are open. */
    public int dialogs() {
        return core.legs().count();
    }

    /** Takes no more calls: 503, with a time to come back. Those that are there go on. */
    public void drain() {
        reception.closing();
    }

    /** Hangs up all calls, takes back registrations, and stops listening once that is answered, in 3 s at the latest. */
    @Override
    public void close() {
        close(CLOSES_WITHIN);
    }

    void close(Duration within) {
        drain();
        long until = System.nanoTime() + within.toNanos();
        List<CompletableFuture<Void>> takenBack =
                registrations.stream().map(Registration::close).toList();
        core.legs().all().forEach(leg -> leg.hangUp("the hub stops"));
        try {
            boolean over = core.legs().awaitNone(within);
            boolean back = isDone(takenBack, until - System.nanoTime());
            pool.shutdown();
            boolean idle = pool.awaitTermination(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!over || !back || !idle) {
                log.info("sip.closed dialogs={} registrations-left={}", dialogs(), !back);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pool.shutdown();
        }
        core.timers().close();
        core.wire().close();
    }

    private static boolean isDone(List<CompletableFuture<Void>> all, long withinNanos) throws InterruptedException {
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .get(Math.max(0, withinNanos), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
