package org.caravox.sip.stack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Dialogs that are open, by Call-ID and our tag. */
final class Legs {

    private final Map<String, Leg> legs = new ConcurrentHashMap<>();
    /** INVITEs that have come, so that one that comes again, or by another way, is known (RFC 3261, section 8.2.2.2). */
    private final Cache<String, String> branches = Caffeine.newBuilder()
            .maximumSize(500_000)
            .expireAfterWrite(Duration.ofSeconds(40))
            .build();

    /** Of those that are over: answers to their INVITEs may still be on the way, for 64 times T1 (RFC 3261, section 17). */
    private final Cache<String, Boolean> over = Caffeine.newBuilder()
            .maximumSize(500_000)
            .expireAfterWrite(Duration.ofSeconds(40))
            .build();

    private static String key(String callId, String tag) {
        return callId + "\n" + tag;
    }

    void add(Leg leg) {
        legs.put(key(leg.dialog().callId(), leg.dialog().localTag()), leg);
    }

    void remove(Dialog dialog) {
        String key = key(dialog.callId(), dialog.localTag());
        over.put(key, true);
        legs.remove(key);
        if (legs.isEmpty()) {
            synchronized (legs) {
                legs.notifyAll();
            }
        }
    }

    /** Whether there is none any more in time. */
    boolean awaitNone(Duration within) throws InterruptedException {
        long until = System.nanoTime() + within.toNanos();
        synchronized (legs) {
            long left = within.toMillis();
            while (!legs.isEmpty() && left > 0) {
                legs.wait(left);
                left = Duration.ofNanos(until - System.nanoTime()).toMillis();
            }
            return legs.isEmpty();
        }
    }

    Optional<Leg> find(String callId, String localTag) {
        return Optional.ofNullable(legs.get(key(callId, localTag)));
    }

    Optional<Leg> ofRequest(SIPRequest request) {
        return of(request, request.getToTag());
    }

    Optional<Leg> ofResponse(SIPResponse response) {
        return of(response, response.getFromTag());
    }

    /** Whether a response is to a dialog that has ended not long ago. */
    boolean wasOurs(SIPResponse response) {
        return response.getFromTag() != null
                && response.getCallId() != null
                && over.getIfPresent(key(response.getCallId().getCallId(), response.getFromTag())) != null;
    }

    private Optional<Leg> of(SIPMessage message, @Nullable String tag) {
        return tag == null || message.getCallId() == null
                ? Optional.empty()
                : find(message.getCallId().getCallId(), tag);
    }

    /** Notes an INVITE; the branch of the same one, if it came before. */
    Optional<String> arrived(SIPRequest invite) {
        return Optional.ofNullable(branches.asMap().putIfAbsent(identity(invite), branch(invite)));
    }

    /** An INVITE was answered by what sends it elsewhere: it may come again, by another way. */
    void declined(SIPRequest invite, int status) {
        if (status / 100 == 5) {
            branches.invalidate(identity(invite));
        }
    }

    static String branch(SIPRequest request) {
        String branch = request.getTopmostVia().getBranch();
        return branch == null ? request.getTopmostVia().encode() : branch;
    }

    private static String identity(SIPRequest invite) {
        return invite.getCallId().getCallId() + "\n" + invite.getFromTag() + "\n"
                + invite.getCSeq().getSeqNumber();
    }

    List<Leg> all() {
        return List.copyOf(legs.values());
    }

    int count() {
        return legs.size();
    }

    Map<String, Leg> map() {
        return legs;
    }
}
