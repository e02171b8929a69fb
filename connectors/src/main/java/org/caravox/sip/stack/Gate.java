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
    private final Predicate<String> isOfTrunk;
    private final Predicate<SIPRequest> isOfCall;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_SOURCES)
            .expireAfterAccess(Duration.ofMinutes(5))
            .build();
    private final Cache<String, AtomicInteger> failures;

    /**
     * @param isOfTrunk whether an address belongs to a trunk: those are limited by admission, not here
     * @param isOfCall  whether a request belongs to a call that goes on
     */
    Gate(SipSettings.Guard guard, Meters meters, Predicate<String> isOfTrunk, Predicate<SIPRequest> isOfCall) {
        this.guard = guard;
        this.meters = meters;
        this.isOfTrunk = isOfTrunk;
        this.isOfCall = isOfCall;
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
        if (isOfCall.test(request)) {
            return true;
        }
        if (isBlocked(source)) {
            meters.rejected("blocked");
            return false;
        }
        if (isOfTrunk.test(source)) {
            return true;
        }
        if (isScanner(request)) {
            meters.rejected("scanner");
            return false;
        }
        if (!buckets.get(source, address -> bucket()).tryConsume(1)) {
            meters.rejected("flood");
            return false;
        }
        return true;
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
     * Somebody sent a wrong password.
     *
     * @return how much later the answer is to be sent
     */
    Duration failed(String source) {
        int count = failures.get(source, address -> new AtomicInteger()).incrementAndGet();
        failures.asMap().computeIfPresent(source, (address, same) -> same); // the time begins anew
        meters.rejected("password");
        if (count == guard.failures()) {
            log.warn("sip.blocked source={} failures={} for={}", source, count, guard.blockedFor());
        }
        return guard.slowedBy().multipliedBy(Math.min(count, guard.failures()) - 1L);
    }

    private boolean isBlocked(String source) {
        AtomicInteger count = failures.getIfPresent(source);
        return count != null && count.get() >= guard.failures();
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
