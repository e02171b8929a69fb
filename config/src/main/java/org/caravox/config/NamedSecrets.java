package org.caravox.config;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.CaravoxSettings.Tenant;
import org.caravox.providers.Credential;
import org.caravox.providers.Credentials;
import org.caravox.providers.Use;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Credentials by the names of secrets. What a secret is comes from where the settings say, through Camel's property
 * functions: the environment, a file, a vault. It is looked up again now and then, so that keys may be changed.
 */
final class NamedSecrets implements Credentials {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CaravoxSettings settings;
    private final SecretLookups secrets;

    NamedSecrets(CaravoxSettings settings, ObjectProvider<CamelContext> camel, Clock clock) {
        this.settings = settings;
        this.secrets = lookups(camel, clock);
    }

    @Override
    public Optional<Credential> of(Use use, String provider, String tenant) {
        String name = name(use, provider, tenant);
        if (name == null || !settings.secrets().containsKey(name)) {
            return Optional.empty();
        }
        return secrets.of(name).map(secret -> new Credential(name, secret));
    }

    /** A secret by its name; empty when there is none, or it cannot be had now. */
    Optional<String> secret(String name) {
        return settings.secrets().containsKey(name) ? secrets.of(name) : Optional.empty();
    }

    private @org.jspecify.annotations.Nullable String name(Use use, String provider, String tenant) {
        Tenant own = settings.tenants().get(tenant);
        Map<String, String> owned = own == null ? null : own.credentials();
        if (owned != null && owned.containsKey(provider)) {
            return owned.get(provider);
        }
        ProviderEntry entry = settings.use(use).providers().get(provider);
        return entry == null ? null : entry.credential();
    }

    /** Camel is asked for by the caller's thread, which may be the one that is making the beans. */
    private SecretLookups lookups(ObjectProvider<CamelContext> camel, Clock clock) {
        return new SecretLookups(
                name -> {
                    CamelContext context = camel.getObject();
                    String written = settings.secrets().get(name);
                    return () -> context.resolvePropertyPlaceholders(written);
                },
                PATIENCE,
                clock);
    }
}
