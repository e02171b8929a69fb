package org.caravox.fakes;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.caravox.fakes.SeenRequest.SeenPart;
import org.caravox.fakes.vendors.Call;
import org.caravox.fakes.vendors.Part;
import org.jspecify.annotations.Nullable;

/** A request while it is answered, and for some time after. What is listed is put together only when it is asked for. */
final class Visit {

    private static final int LISTED_BYTES = 64 * 1024;
    private static final Set<String> SECRETS =
            Set.of("authorization", "x-api-key", "xi-api-key", "ocp-apim-subscription-key", "api-key", "cookie");
    private static final Pattern SECRET_PARAMETERS = Pattern.compile("((?:api_key|token|key)=)[^&]*");

    private final Instant at = Instant.now();
    private final String method;
    private final String path;
    private final String query;
    private final MultiMap headers;
    private volatile long bodyBytes;
    private volatile Optional<Buffer> json = Optional.empty();
    private volatile List<Part> parts = List.of();
    private volatile int status;
    private volatile boolean answered;
    private volatile boolean disconnected;

    Visit(HttpServerRequest request, String path) {
        this.method = request.method().name();
        this.path = path;
        @Nullable String told = request.query();
        this.query = told == null ? "" : told;
        this.headers = request.headers();
    }

    void came(Call call) {
        bodyBytes = call.bodyBytes();
        parts = call.parts().stream().map(Visit::withoutFile).toList();
        String type = headers.get("Content-Type");
        if (type != null && type.contains("json") && call.bodyBytes() <= LISTED_BYTES) {
            json = Optional.of(call.body());
        }
    }

    void status(int code) {
        status = code;
    }

    boolean isOver() {
        return answered || disconnected;
    }

    void answered() {
        answered = true;
    }

    void disconnected() {
        disconnected = true;
    }

    SeenRequest seen() {
        return new SeenRequest(
                at,
                method,
                path,
                SECRET_PARAMETERS.matcher(query).replaceAll("$1****"),
                maskedHeaders(),
                bodyBytes,
                json.map(Scripts::tree).orElse(null),
                parts.stream().map(Visit::listed).toList(),
                status,
                answered,
                disconnected);
    }

    private Map<String, String> maskedHeaders() {
        Map<String, String> told = new TreeMap<>();
        headers.forEach(header -> {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            String value = SECRETS.contains(name) ? masked(header.getValue()) : header.getValue();
            told.merge(name, value, (one, other) -> one + ", " + other);
        });
        return told;
    }

    /** The scheme, and the last four characters of what is long enough to stay a secret without them. */
    private static String masked(String value) {
        int space = value.indexOf(' ');
        String secret = value.substring(space + 1);
        String end = secret.length() < 8 ? "" : secret.substring(secret.length() - 4);
        return value.substring(0, space + 1) + "****" + end;
    }

    private static Part withoutFile(Part part) {
        return part.filename().isEmpty() ? part : new Part(part.name(), part.filename(), part.bytes(), Buffer.buffer());
    }

    private static SeenPart listed(Part part) {
        boolean text =
                part.filename().isEmpty() && part.bytes() == part.content().length();
        return new SeenPart(
                part.name(),
                part.filename(),
                part.bytes(),
                text ? part.content().toString() : "");
    }
}
