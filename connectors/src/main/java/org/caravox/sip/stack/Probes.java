package org.caravox.sip.stack;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Asks trunks by OPTIONS whether they are there, and ourselves too: the library's threads have been known to die. */
final class Probes {

    /** How often. */
    static final Duration EVERY = Duration.ofSeconds(30);

    private final Core core;
    private final Executor line;
    private final Map<String, Upkeep> upkeeps = new HashMap<>();
    private final Upkeep own;
    private volatile boolean alive = true;

    /** @param own the Call-ID of what we ask ourselves */
    Probes(Core core, String own) {
        this.core = core;
        this.line = core.line();
        this.own = new Upkeep(core, own);
    }

    void start() {
        core.timers().every(Duration.ofMillis(100), EVERY, line, this::ask);
    }

    /** Whether our own stack answers. */
    boolean isAlive() {
        return alive;
    }

    private void askOurselves() {
        String transport = core.wire().transport();
        String uri = "sip:" + core.wire().ownAddress();
        new Exchange(
                        core,
                        line,
                        null,
                        () -> Hops.of(core.wire().ownAddress(), transport),
                        () -> own.request("OPTIONS", uri, uri, transport, List.of()),
                        response -> {
                            int status = response.getStatusCode();
                            if (status >= 200) {
                                alive = status != 408;
                            }
                        })
                .start();
    }

    private void ask() {
        askOurselves();
        for (Trunk trunk : core.trunks().all()) {
            core.trunks().resolve(trunk);
            for (String address : trunk.addresses()) {
                ask(trunk, address);
            }
        }
    }

    private void ask(Trunk trunk, String address) {
        if (!core.wire().speaks(trunk.transport())) {
            core.trunks().reached(trunk, address, false);
            return;
        }
        Upkeep upkeep = upkeeps.computeIfAbsent(trunk.name() + " " + address, name -> new Upkeep(core, null));
        String transport = trunk.transport();
        String uri = "sip:" + address + (transport.equals("udp") ? "" : ";transport=" + transport);
        new Exchange(
                        core,
                        line,
                        trunk,
                        () -> Hops.of(address, transport),
                        () -> upkeep.request(
                                "OPTIONS",
                                uri,
                                "sip:caravox@" + HostPort.inAddress(core.wire().host()),
                                transport,
                                List.of("Accept: application/sdp")),
                        response -> {
                            int status = response.getStatusCode();
                            if (status >= 200) {
                                core.trunks().reached(trunk, address, status != 408 && status != 503);
                            }
                        })
                .start();
    }
}
