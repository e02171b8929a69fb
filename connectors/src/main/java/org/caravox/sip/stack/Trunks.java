package org.caravox.sip.stack;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may ring us, and from where. */
final class Trunks {

    private static final Logger log = LoggerFactory.getLogger(Trunks.class);

    private final List<Trunk> trunks;
    private final Map<String, List<IPAddress>> networks;
    /** By trunk and address: whether it answered when it was last asked. */
    private final Map<String, Boolean> reached = new ConcurrentHashMap<>();

    private final Map<String, Boolean> registered = new ConcurrentHashMap<>();

    Trunks(List<Trunk> trunks) {
        this.trunks = trunks;
        this.networks = new ConcurrentHashMap<>();
        trunks.forEach(this::resolve);
    }

    /** Looks up the names in its settings again; may block. */
    void resolve(Trunk trunk) {
        var found = new ArrayList<IPAddress>();
        trunk.allowed().forEach(text -> found.add(network(trunk, text)));
        for (String address : trunk.addresses()) {
            try {
                for (InetAddress each :
                        InetAddress.getAllByName(HostPort.of(address).host())) {
                    found.add(new IPAddressString(each.getHostAddress()).getAddress());
                }
            } catch (UnknownHostException e) {
                log.warn("sip.trunk.unknown-address trunk={} address={}", trunk.name(), address);
            }
        }
        networks.put(trunk.name(), List.copyOf(found));
    }

    private static IPAddress network(Trunk trunk, String text) {
        IPAddress network = new IPAddressString(text).getAddress();
        if (network == null) {
            throw new IllegalStateException(
                    "caravox.calls.trunks.%s.allow must be addresses or networks like 203.0.113.0/24, was %s"
                            .formatted(trunk.name(), text));
        }
        return network;
    }

    List<Trunk> all() {
        return trunks;
    }

    Optional<Trunk> named(String name) {
        return trunks.stream().filter(trunk -> trunk.name().equals(name)).findFirst();
    }

    Optional<Trunk> ofSource(String address) {
        IPAddress source = new IPAddressString(address).getAddress();
        return source == null
                ? Optional.empty()
                : trunks.stream()
                        .filter(trunk -> networks.getOrDefault(trunk.name(), List.of()).stream()
                                .anyMatch(network -> network.contains(source)))
                        .findFirst();
    }

    /** Those that may ring from anywhere, for they prove who they are. */
    List<Trunk> fromAnywhere() {
        return trunks.stream()
                .filter(trunk -> trunk.demandsDigest() && trunk.allowed().isEmpty())
                .toList();
    }

    /** Its addresses: those that answered before those that did not. */
    List<String> addresses(Trunk trunk) {
        String registrar = trunk.registrar();
        if (trunk.addresses().isEmpty() && registrar != null) {
            return List.of(registrar);
        }
        var sorted = new ArrayList<>(trunk.addresses());
        sorted.sort(java.util.Comparator.comparing(address -> !isReached(trunk, address)));
        return sorted;
    }

    private boolean isReached(Trunk trunk, String address) {
        return reached.getOrDefault(trunk.name() + " " + address, true);
    }

    void reached(Trunk trunk, String address, boolean answered) {
        Boolean before = reached.put(trunk.name() + " " + address, answered);
        if (before == null ? !answered : before != answered) {
            log.warn("sip.trunk.{} trunk={} address={}", answered ? "up" : "down", trunk.name(), address);
        }
    }

    void registered(Trunk trunk, boolean is) {
        registered.put(trunk.name(), is);
    }

    boolean isRegistered(Trunk trunk) {
        return trunk.registrar() == null || registered.getOrDefault(trunk.name(), false);
    }

    boolean isUp(Trunk trunk) {
        return isRegistered(trunk)
                && (trunk.addresses().isEmpty()
                        || trunk.addresses().stream().anyMatch(address -> isReached(trunk, address)));
    }

    /** By name, whether it can be rung. */
    Map<String, Boolean> states() {
        return trunks.stream().collect(Collectors.toMap(Trunk::name, this::isUp));
    }
}
