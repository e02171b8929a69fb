package org.caravox.config;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.caravox.config.CaravoxSettings.PriceEntry;
import org.caravox.usage.Assumed;
import org.caravox.usage.Budgets;
import org.caravox.usage.Ledger;
import org.caravox.usage.Meter;
import org.caravox.usage.Price;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageMetrics;
import org.caravox.usage.UsageReports;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is used, what it costs, and who may spend how much. */
@Configuration(proxyBeanMethods = false)
class UsageConfiguration {

    @Bean
    Prices prices(CaravoxSettings settings) {
        List<Price> prices = new ArrayList<>();
        for (int i = 0; i < settings.prices().size(); i++) {
            prices.add(price(settings, i));
        }
        return new Prices(settings.currency(), prices);
    }

    private static Price price(CaravoxSettings settings, int index) {
        PriceEntry entry = settings.prices().get(index);
        String name = "caravox.prices[" + index + "] (" + entry.provider() + ")";
        if (!settings.use(entry.use()).providers().containsKey(entry.provider())) {
            throw new IllegalArgumentException(name + " names a provider that is not in caravox."
                    + entry.use().word() + ".providers");
        }
        try {
            return entry.price();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage(), e);
        }
    }

    /** All budgets are read at start, so that a wrong one is found there. */
    @Bean
    Budgets budgets(Jdbi database, CaravoxSettings settings, Clock clock) {
        settings.budget("");
        settings.tenants().keySet().forEach(settings::budget);
        return new Budgets(database, settings::budget, settings.currency(), clock);
    }

    @Bean
    Ledger ledger(Jdbi database, Prices prices, Budgets budgets, MeterRegistry registry, CaravoxSettings settings) {
        return new Ledger(
                database,
                prices,
                budgets,
                new UsageMetrics(registry, settings.usage().tenantLabel()));
    }

    @Bean
    Meter meter(Ledger ledger, Budgets budgets, Prices prices, CaravoxSettings settings, Clock clock) {
        Assumed assumed =
                new Assumed(settings.usage().assumeAudio(), settings.usage().assumeOutputTokens());
        return new Meter(ledger::record, budgets, prices, assumed, clock);
    }

    @Bean
    UsageReports usageReports(Jdbi database) {
        return new UsageReports(database);
    }
}
