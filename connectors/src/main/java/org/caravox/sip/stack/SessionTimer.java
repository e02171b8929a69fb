package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the other side is gone, though nobody said BYE: whoever was agreed upon refreshes the session, whoever waits for
 * it in vain ends it. Source: RFC 4028. For one thread at a time.
 */
final class SessionTimer {

    private static final Duration LAST_MOMENT = Duration.ofSeconds(32);

    private final Leg leg;
    private Duration interval;
    private Duration least;
    private boolean weRefresh;
    private @Nullable Future<?> next;

    SessionTimer(Leg leg) {
        this.leg = leg;
        this.interval = leg.core().settings().sessions().expires();
        this.least = leg.core().settings().sessions().least();
    }

    /** What a request of ours asks for. */
    java.util.List<String> headers(boolean refresh) {
        String refresher = refresh ? ";refresher=" + (weRefresh ? "uac" : "uas") : "";
        return java.util.List.of(
                "Session-Expires: " + interval.toSeconds() + refresher, "Min-SE: " + least.toSeconds());
    }

    /** They find our interval too small (422); whether it makes sense to ask again. */
    boolean isRaised(SIPResponse refused) {
        Optional<Duration> theirs = Messages.seconds(refused, "Min-SE");
        if (theirs.isEmpty() || theirs.get().compareTo(interval) <= 0) {
            return false;
        }
        least = theirs.get();
        interval = theirs.get();
        return true;
    }

    /** Whether a request of theirs asks for less than we agree to: then it is answered by 422. */
    static boolean isTooSmall(SIPRequest request, Duration least) {
        return Messages.understands(request, "timer")
                && Messages.seconds(request, "Session-Expires")
                        .filter(asked -> asked.compareTo(least) < 0)
                        .isPresent();
    }

    /** Says in our 2xx to their INVITE or UPDATE what is agreed, and goes by it. */
    void agree(SIPRequest request, SIPResponse ok) {
        boolean theyKnow = Messages.understands(request, "timer");
        Optional<Duration> asked = Messages.seconds(request, "Session-Expires");
        Duration ours = leg.core().settings().sessions().expires();
        Duration atLeast = Messages.seconds(request, "Min-SE").orElse(Duration.ZERO);
        Duration agreed = asked.filter(theirs -> theirs.compareTo(ours) < 0).orElse(ours);
        interval = agreed.compareTo(atLeast) < 0 ? atLeast : agreed;
        String refresher = refresher(request).orElse(theyKnow ? "uac" : "uas");
        weRefresh = !theyKnow || refresher.equals("uas");
        Messages.header(ok, "Session-Expires", interval.toSeconds() + ";refresher=" + (weRefresh ? "uas" : "uac"));
        if (!weRefresh) {
            Messages.add(ok, "Require", "timer");
        }
        start();
    }

    /** Goes by what their 2xx to our INVITE or UPDATE says. */
    void agreed(SIPResponse ok) {
        Optional<Duration> theirs = Messages.seconds(ok, "Session-Expires");
        if (theirs.isPresent()) {
            interval = theirs.get();
            weRefresh = !refresher(ok).orElse("uac").equals("uas");
        } else {
            // They do not know of it: we refresh all the same, which finds out whether they are there
            weRefresh = true;
        }
        start();
    }

    private static Optional<String> refresher(SIPMessage message) {
        return Messages.value(message, "Session-Expires")
                .flatMap(value -> Messages.parameter(value, "refresher"))
                .map(value -> value.toLowerCase(Locale.ROOT));
    }

    private void start() {
        Duration floor = leg.core().settings().sessions().least();
        if (interval.compareTo(floor) < 0) { // whoever says 0 would be asked without end
            interval = floor;
        }
        stop();
        Duration third = interval.dividedBy(3);
        Duration early = third.compareTo(LAST_MOMENT) < 0 ? third : LAST_MOMENT;
        Duration wait = weRefresh ? interval.dividedBy(2) : interval.minus(early);
        next = leg.core().timers().in(wait, leg.line(), weRefresh ? this::refresh : this::expired);
    }

    private void refresh() {
        leg.negotiation().refresh();
    }

    private void expired() {
        leg.lost("the session was not refreshed");
    }

    void stop() {
        if (next != null) {
            next.cancel(false);
        }
    }
}
