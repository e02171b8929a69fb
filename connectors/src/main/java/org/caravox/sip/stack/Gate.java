package org.caravox.sip.stack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.stack.MessageChannel;
import gov.nist.javax.sip.stack.SIPMessageValve;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.sip.SipStack;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands before everything else: whoever floods, scans or guesses passwords costs no transaction, and gets no answer. */
final class Gate implements SIPMessageValve {

    private static final Logger log = LoggerFactory.getLogger(Gate.class);

    private static final int MOST_SOURCES = 100_000;

    private final SipSettings.Guard guard;
    private final Meters meters;
    private final Trunks trunks;
    private final Predicate<SIPRequest> isOurs;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_SOURCES)
            .expireAfterAccess(Duration.ofMinutes(5))
            .build();
    private final Cache<String, AtomicInteger> failures;

    /**
     * @param trunks whose addresses are limited by admission, not here
     * @param isOurs whether a request belongs to a call that goes on, or is our own
     */
    Gate(SipSettings.Guard guard, Meters meters, Trunks trunks, Predicate<SIPRequest> isOurs) {
        this.guard = guard;
        this.meters = meters;
        this.trunks = trunks;
        this.isOurs = isOurs;
        this.failures = Caffeine.newBuilder()
                .maximumSize(MOST_SOURCES)
                .expireAfterWrite(guard.blockedFor())
                .build();
    }

    @Override
    public boolean processRequest(SIPRequest request, MessageChannel channel) {
        try {
            return mayPass(request, source(request, channel));
        } catch (RuntimeException | StackOverflowError e) { // the library lets pass what ends in an exception
            meters.rejected("unreadable");
            return false;
        }
    }

    private boolean mayPass(SIPRequest request, String source) {
        if (isOurs.test(request) || isOfTrunk(source)) {
            return true;
        }
        if (isBlocked(source, request)) {
            meters.rejected("blocked");
            return false;
        }
        if (isScanner(request)) {
            meters.rejected("scanner");
            return false;
        }
        if (!buckets.get(source, address -> bucket()).tryConsume(1)) {
            meters.rejected("flood");
            return false;
        }
        if (guard.dropStrangers() && trunks.fromAnywhere().isEmpty()) {
            meters.rejected("stranger");
            log.info("sip.stranger method={} source={}", request.getMethod(), source);
            return false;
        }
        return true;
    }

    private boolean isOfTrunk(String source) {
        return trunks.ofSource(source).isPresent();
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(guard.burst()).refillGreedy(guard.perSecond(), Duration.ofSeconds(1)))
                .build();
    }

    private boolean isScanner(SIPRequest request) {
        Set<String> agents = Set.copyOf(Messages.values(request, "User-Agent"));
        return agents.stream().map(agent -> agent.toLowerCase(Locale.ROOT)).anyMatch(agent -> guard.scanners().stream()
                .anyMatch(agent::contains));
    }

    /**
     * Somebody sent a wrong password. An address that many share is not blocked for all of them, and that of a trunk for
     * nobody.
     *
     * @return how much later the answer is to be sent
     */
    Duration failed(String source, SIPRequest request) {
        String who = who(source, request);
        int count = failures.get(who, anew -> new AtomicInteger()).incrementAndGet();
        failures.asMap().computeIfPresent(who, (same, counted) -> counted); // the time begins anew
        meters.rejected("password");
        if (count == guard.failures() && !isOfTrunk(source)) {
            log.warn("sip.blocked source={} failures={} for={}", source, count, guard.blockedFor());
        }
        return guard.slowedBy().multipliedBy(Math.min(count, guard.failures()) - 1L);
    }

    private boolean isBlocked(String source, SIPRequest request) {
        if (failures.estimatedSize() == 0) {
            return false;
        }
        AtomicInteger count = failures.getIfPresent(who(source, request));
        return count != null && count.get() >= guard.failures();
    }

    /** Names that nobody has are counted together: whoever tries one after another guesses too. */
    private String who(String source, SIPRequest request) {
        return source + "\n" + DigestCheck.user(request).filter(this::isKnown).orElse("");
    }

    private boolean isKnown(String user) {
        return trunks.all().stream().anyMatch(trunk -> user.equals(trunk.username()));
    }

    /** The address that the packet came from. */
    static String source(SIPRequest request, MessageChannel channel) {
        var address = request.getPeerPacketSourceAddress();
        return HostPort.bare(address == null ? channel.getPeerAddress() : address.getHostAddress());
    }

    @Override
    public boolean processResponse(Response response, MessageChannel channel) {
        return true;
    }

    @Override
    public void init(SipStack stack) {}

    @Override
    public void destroy() {}
}
