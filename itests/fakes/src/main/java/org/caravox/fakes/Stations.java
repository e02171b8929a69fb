package org.caravox.fakes;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.caravox.fakes.vendors.Vendor;
import org.caravox.fakes.vendors.Vendors;

/** All stations that somebody has named. */
final class Stations {

    private final Map<String, Station> all = new ConcurrentHashMap<>();

    /** The station of this name; nothing if it is not named after a vendor. */
    Optional<Station> named(String name) {
        Station known = all.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Vendor> vendor = Vendors.at(name);
        return vendor.map(found -> all.computeIfAbsent(name, any -> new Station(found)));
    }

    /** Forgets scripts, keys and all that was seen. */
    void reset() {
        all.clear();
    }

    void closed(HttpConnection connection) {
        all.values().forEach(station -> station.closed(connection));
    }
}
