package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.dialogue.Dialogue;
import org.caravox.door.ProviderPages;
import org.caravox.live.LiveLegs;
import org.caravox.outbound.ProviderClient;
import org.caravox.outbound.Trust;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Credentials;
import org.caravox.providers.Lines;
import org.caravox.providers.Lines.LineSettings;
import org.caravox.providers.Provider;
import org.caravox.providers.Providers;
import org.caravox.providers.Request;
import org.caravox.providers.Standing;
import org.caravox.providers.Use;
import org.caravox.speech.Speech;
import org.caravox.transcription.Transcription;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the chains of all uses share. */
@Configuration(proxyBeanMethods = false)
class ProvidersConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ProvidersConfiguration.class);
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(55);
    private static final Duration USUAL_TIMEOUT = Duration.ofMinutes(5);
    private static final int USUAL_CONCURRENT = 100;

    /** No tenant is called so: it stands for all that have no settings of their own. */
    private static final String ALL_OTHERS = "";

    /** Makes the chain of one use. */
    interface ChainFactory {
        <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, Collection<P> providers);
    }

    @Bean(destroyMethod = "close")
    ProviderClient providerHttp(Trust trust) {
        return new ProviderClient(trust, IDLE_CONNECTION);
    }

    @Bean
    Lines lines(CaravoxSettings settings, MeterRegistry metrics, Clock clock) {
        return new Lines(settings.breakers(), metrics, clock);
    }

    /** Secrets may be in files. */
    @Bean
    CamelContextConfiguration fileSecrets() {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                camel.getPropertiesComponent().addPropertiesFunction(new FileSecrets());
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {}
        };
    }

    @Bean
    NamedSecrets credentials(CaravoxSettings settings, ObjectProvider<CamelContext> camel, Clock clock) {
        return new NamedSecrets(settings, camel, clock);
    }

    @Bean
    ChainFactory chainFactory(CaravoxSettings settings, Credentials credentials, Lines lines, MeterRegistry metrics) {
        return new ChainFactory() {
            @Override
            public <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, Collection<P> providers) {
                Map<String, ProviderEntry> entries = settings.use(use).providers();
                settings.checkChains(use);
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

    @Bean
    Providers providers(
            Transcription transcription,
            LiveLegs live,
            Dialogue dialogue,
            Speech speech,
            CaravoxSettings settings,
            ProviderClient http,
            Clock clock) {
        Set<String> tenants = new LinkedHashSet<>(List.of(ALL_OTHERS));
        tenants.addAll(settings.tenants().keySet());
        return new Providers(
                List.of(transcription.chain(), live.chain(), dialogue.chain(), speech.chain()),
                () -> tenants,
                http,
                clock);
    }

    /** A provider that waits for its credential is told of at start: nobody else would notice. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> credentialsMissing(Providers providers) {
        return ready -> providers.all().stream()
                .filter(standing -> standing.state().equals(Standing.NO_CREDENTIAL))
                .forEach(standing -> log.warn(
                        "provider.without-credential use={} provider={} mend=\"give caravox.{}.providers.{}.credential"
                                + " its secret, see config/README.md\"",
                        standing.use().word(),
                        standing.provider(),
                        standing.use().word(),
                        standing.provider()));
    }

    @Bean
    ProviderPages providerPages(Providers providers, ObjectMapper json) {
        return new ProviderPages(providers, json);
    }

    /** How each provider stands; a hub whose providers are ill is not ill itself. */
    @Bean
    CompositeHealthContributor providersHealthContributor(Providers providers, CaravoxSettings settings) {
        Map<String, HealthIndicator> parts = new LinkedHashMap<>();
        for (Use use : Use.values()) {
            settings.providersInChains(use)
                    .forEach(name -> parts.put(use.word() + "-" + name, () -> health(providers, use, name)));
        }
        return CompositeHealthContributor.fromMap(parts);
    }

    private static Health health(Providers providers, Use use, String provider) {
        boolean available = providers.all().stream()
                .filter(standing -> standing.use() == use && standing.provider().equals(provider))
                .anyMatch(Standing::available);
        return (available ? Health.up() : Health.status("DEGRADED")).build();
    }

    private static LineSettings line(@Nullable ProviderEntry entry) {
        Integer concurrent = entry == null ? null : entry.concurrent();
        Duration timeout = entry == null ? null : entry.timeout();
        return new LineSettings(
                concurrent == null ? USUAL_CONCURRENT : concurrent, timeout == null ? USUAL_TIMEOUT : timeout);
    }
}
