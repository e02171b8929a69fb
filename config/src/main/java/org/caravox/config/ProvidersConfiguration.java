package org.caravox.config;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.apache.camel.CamelContext;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.outbound.ProviderClient;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Credentials;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.Provider;
import org.caravox.providers.Request;
import org.caravox.providers.Use;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the chains of all three uses share. */
@Configuration(proxyBeanMethods = false)
class ProvidersConfiguration {

    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(55);
    private static final Duration USUAL_TIMEOUT = Duration.ofMinutes(5);
    private static final int USUAL_CONCURRENT = 100;

    /** Makes the chain of one use. */
    interface ChainFactory {
        <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, Collection<P> providers);
    }

    @Bean(destroyMethod = "close")
    ProviderClient providerHttp() {
        return new ProviderClient(IDLE_CONNECTION);
    }

    @Bean
    Lines lines(CaravoxSettings settings, Clock clock) {
        return new Lines(settings.breakers(), clock);
    }

    @Bean
    Credentials credentials(CaravoxSettings settings, ObjectProvider<CamelContext> camel, Clock clock) {
        return new NamedSecrets(settings, camel, clock);
    }

    @Bean
    ChainFactory chainFactory(CaravoxSettings settings, Credentials credentials, Lines lines, MeterRegistry metrics) {
        return new ChainFactory() {
            @Override
            public <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, Collection<P> providers) {
                Map<String, ProviderEntry> entries = settings.use(use).providers();
                Map<String, ChainSettings> chains = new ConcurrentHashMap<>();
                return new Chain<>(
                        use,
                        providers,
                        name -> line(entries.get(name)),
                        tenant -> chains.computeIfAbsent(tenant, name -> settings.chain(use, name)),
                        credentials,
                        lines,
                        metrics,
                        RandomGenerator.getDefault());
            }
        };
    }

    private static LineSettings line(@Nullable ProviderEntry entry) {
        Integer concurrent = entry == null ? null : entry.concurrent();
        Duration timeout = entry == null ? null : entry.timeout();
        return new LineSettings(
                concurrent == null ? USUAL_CONCURRENT : concurrent, timeout == null ? USUAL_TIMEOUT : timeout);
    }
}
