package org.caravox.door.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.caravox.door.Answers;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Callers;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings.Link;
import org.caravox.providers.Provider;
import org.caravox.requests.Refusal;

/** {@code /v1/models}: the models that a tenant may name, of all uses. */
public final class ModelPages {

    /**
     * A model.
     *
     * @param id      as requests name it
     * @param object  always {@code model}
     * @param created when the hub started, in seconds since 1970: providers do not tell when they made it
     * @param ownedBy the provider
     */
    record Model(String id, String object, long created, @JsonProperty("owned_by") String ownedBy) {}

    /** All of them. */
    record Page(String object, Collection<Model> data) {}

    private static final String PATH = "/v1/models/";

    private final List<Chain<?, ?>> chains;
    private final ObjectMapper json;
    private final long startedAt;

    public ModelPages(List<Chain<?, ?>> chains, ObjectMapper json, Clock clock) {
        this.chains = List.copyOf(chains);
        this.json = json;
        this.startedAt = clock.instant().getEpochSecond();
    }

    /** {@code GET /v1/models}. */
    public void list(Exchange exchange) throws IOException {
        Answers.write(
                json,
                exchange,
                200,
                new Page("list", models(Callers.tenant(exchange)).values()));
    }

    /** {@code GET /v1/models/{id}}; an id may have slashes in it. */
    public void one(Exchange exchange) throws IOException {
        String path = URI.create(BodyOnDemand.request(exchange).getRequestURI()).getPath(); // decoded
        String id = path.substring(PATH.length());
        Model model = models(Callers.tenant(exchange)).get(id);
        if (model == null) {
            throw new Refusal(
                    Refusal.Reason.UNKNOWN_MODEL,
                    "model \"" + FormFields.printable(id) + "\" is not known: GET /v1/models lists what there is");
        }
        Answers.write(json, exchange, 200, model);
    }

    private Map<String, Model> models(String tenant) {
        Map<String, Model> models = new LinkedHashMap<>();
        for (Chain<?, ?> chain : chains) {
            for (Link link : chain.settings(tenant).links()) {
                names(chain, link)
                        .forEach(
                                name -> models.putIfAbsent(name, new Model(name, "model", startedAt, link.provider())));
            }
        }
        return models;
    }

    /** A link's names for models, then the provider's own. */
    private static Stream<String> names(Chain<?, ?> chain, Link link) {
        Stream<String> own = chain.providers().stream()
                .filter(provider -> provider.provider().equals(link.provider()))
                .map(Provider::models)
                .flatMap(models -> models.named().stream());
        return Stream.concat(new TreeSet<>(link.models().keySet()).stream(), own);
    }
}
