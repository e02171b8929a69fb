package org.caravox.config;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.CaravoxSettings.Tenant;
import org.caravox.providers.Credential;
import org.caravox.providers.Credentials;
import org.caravox.providers.Use;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Credentials by the names of secrets. What a secret is comes from where the settings say, through Camel's property
 * functions: the environment, a file, a vault. It is looked up again after a minute, so that keys may be changed.
 */
final class NamedSecrets implements Credentials {

    private static final Logger log = LoggerFactory.getLogger(NamedSecrets.class);
    private static final Duration LOOKED_UP_AGAIN_AFTER = Duration.ofMinutes(1);

    private final CaravoxSettings settings;
    private final ObjectProvider<CamelContext> camel;
    private final LoadingCache<String, Optional<Credential>> secrets;

    NamedSecrets(CaravoxSettings settings, ObjectProvider<CamelContext> camel, Clock clock) {
        this.settings = settings;
        this.camel = camel;
        this.secrets = Caffeine.newBuilder()
                .expireAfterWrite(LOOKED_UP_AGAIN_AFTER)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build(this::find);
    }

    @Override
    public Optional<Credential> of(Use use, String provider, String tenant) {
        String name = name(use, provider, tenant);
        return name == null ? Optional.empty() : secrets.get(name);
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

    private Optional<Credential> find(String name) {
        String written = settings.secrets().get(name);
        if (written == null) {
            return Optional.empty();
        }
        try {
            String secret =
                    camel.getObject().resolvePropertyPlaceholders(written).strip();
            return secret.isEmpty() ? Optional.empty() : Optional.of(new Credential(name, secret));
        } catch (RuntimeException e) {
            log.warn("secret.missing name={} kind={}", name, e.getClass().getSimpleName());
            return Optional.empty();
        }
    }
}
