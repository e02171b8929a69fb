package org.caravox.live;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.caravox.requests.Refusal;

/** The places for live streams, in all and of each tenant: however many come at once, no more are let in. */
final class LivePlaces {

    private static final Duration BACK_IN = Duration.ofSeconds(5);

    private final int most;
    private final ToIntFunction<String> mostOfTenant;
    private final Map<String, Integer> takenByTenant = new HashMap<>();
    private int taken;

    LivePlaces(int most, ToIntFunction<String> mostOfTenant) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
    }

    /** One that was taken: it is given back once, however often that is said. */
    final class Place {

        private final String tenant;
        private final AtomicBoolean given = new AtomicBoolean();

        private Place(String tenant) {
            this.tenant = tenant;
        }

        void free() {
            if (given.compareAndSet(false, true)) {
                giveBack(tenant);
            }
        }
    }

    /**
     * Takes one.
     *
     * @throws Refusal OVERLOADED or TOO_MANY when there is none
     */
    synchronized Place take(String tenant) {
        if (taken >= most) {
            throw new Refusal(
                    Refusal.Reason.OVERLOADED, "all " + most + " live streams of this hub are taken", BACK_IN, null);
        }
        int own = mostOfTenant.applyAsInt(tenant);
        if (takenByTenant.getOrDefault(tenant, 0) >= own) {
            throw new Refusal(
                    Refusal.Reason.TOO_MANY, "tenant " + tenant + " may have " + own + " live streams", BACK_IN, null);
        }
        taken++;
        takenByTenant.merge(tenant, 1, Integer::sum);
        return new Place(tenant);
    }

    private synchronized void giveBack(String tenant) {
        taken--;
        takenByTenant.computeIfPresent(tenant, (name, own) -> own == 1 ? null : own - 1);
    }
}
