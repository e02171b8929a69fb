package org.caravox.sip.stack;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;

/**
 * SIP as Prometheus sees it: {@code caravox_sip_requests_total} by method and answer, {@code caravox_sip_rejected_total} by
 * reason, {@code caravox_sip_dialogs}, {@code caravox_sip_trunk_up} by trunk, {@code caravox_sip_up}.
 */
final class Meters {

    /** Methods are text of strangers: only these become labels. */
    private static final Set<String> METHODS = Set.of(
            "INVITE",
            "ACK",
            "CANCEL",
            "BYE",
            "OPTIONS",
            "INFO",
            "UPDATE",
            "PRACK",
            "REFER",
            "NOTIFY",
            "REGISTER",
            "MESSAGE",
            "SUBSCRIBE",
            "PUBLISH");

    private final MeterRegistry registry;

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    void answered(String method, int status) {
        registry.counter(
                        "caravox.sip.requests",
                        "method",
                        METHODS.contains(method) ? method : "other",
                        "answer",
                        Integer.toString(status))
                .increment();
    }

    void rejected(String why) {
        registry.counter("caravox.sip.rejected", "why", why).increment();
    }

    void dialogs(Map<?, ?> legs) {
        Gauge.builder("caravox.sip.dialogs", legs, Map::size)
                .description("Dialogs that are open")
                .register(registry);
    }

    void alive(Probes probes) {
        Gauge.builder("caravox.sip.up", probes, own -> own.isAlive() ? 1 : 0)
                .description("Whether our own stack answers OPTIONS")
                .register(registry);
    }

    void trunks(Trunks trunks) {
        for (Trunk trunk : trunks.all()) {
            Gauge.builder("caravox.sip.trunk.up", trunks, all -> all.isUp(trunk) ? 1 : 0)
                    .tag("trunk", trunk.name())
                    .description("Whether it answers OPTIONS, and our registration where it wants one")
                    .register(registry);
        }
    }
}
