package org.caravox.door.live.phone;

import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SignalLeg;
import org.jspecify.annotations.Nullable;

/** Takes the calls of platforms that are to be answered. */
@FunctionalInterface
public interface PhoneRinging {

    /**
     * Whose call it is, and who is to take it: an agent, a number, or both.
     *
     * @param tenant whose key the platform has
     * @param agent  by its name in the settings; null is whoever the number says
     * @param number one of the hub's; null is none
     */
    record Asked(String tenant, @Nullable String agent, @Nullable String number) {}

    /**
     * Somebody rings. Returns at once.
     *
     * @return told of what becomes of it
     * @throws org.caravox.requests.Refusal when the tenant has no such agent or number
     */
    LegListener rings(SignalLeg leg, Asked asked);
}
