package org.caravox.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.caravox.providers.Providers;
import org.caravox.providers.Standing;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;

/** {@code /providers}: who is in the chains and how they stand. */
public final class ProviderPages {

    private final Providers providers;
    private final ObjectMapper json;

    public ProviderPages(Providers providers, ObjectMapper json) {
        this.providers = providers;
        this.json = json;
    }

    /** {@code GET /providers}: a tenant's chains; an admin sees everybody's, with credentials' names and reasons. */
    public void list(Exchange exchange) throws IOException {
        Query.of(exchange, Set.of(), json);
        Caller caller = Callers.caller(exchange);
        List<Standing> standings = caller.admin() ? providers.all() : providers.ofTenant(caller.requireTenant());
        Answers.write(json, exchange, 200, Map.of("providers", standings));
    }

    /** {@code PUT /providers/{use}/{provider}/breaker} with {@code {"state": "open" | "closed", "credential"}}. */
    public void setBreaker(Exchange exchange) throws IOException {
        Callers.caller(exchange).requireAdmin();
        Use use = use(exchange.getMessage().getHeader("use", String.class));
        String provider = exchange.getMessage().getHeader("provider", String.class);
        Set<String> known = Set.of("state", "credential");
        Fields fields = new Fields(JsonBody.fields(BodyOnDemand.request(exchange), json), known, json);
        String state = fields.required("state");
        if (!state.equals("open") && !state.equals("closed")) {
            throw Refusal.invalid("state \"" + Fields.printable(state) + "\" is not known: use open, closed");
        }
        Answers.write(
                json,
                exchange,
                200,
                Map.of(
                        "providers",
                        providers.setBreaker(
                                use, Fields.printable(provider), fields.text("credential"), state.equals("open"))));
    }

    private static Use use(String word) {
        return Arrays.stream(Use.values())
                .filter(use -> use.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("there is no use \"" + Fields.printable(word) + "\": the uses are "
                        + Arrays.stream(Use.values()).map(Use::word).collect(Collectors.joining(", "))));
    }
}
