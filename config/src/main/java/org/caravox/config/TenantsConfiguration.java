package org.caravox.config;

import java.time.Clock;
import org.caravox.tenants.Limits;
import org.caravox.tenants.Tenants;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who may call, and how much. */
@Configuration(proxyBeanMethods = false)
class TenantsConfiguration {

    @Bean
    Tenants tenants(Jdbi database, Clock clock) {
        return new Tenants(database, clock);
    }

    @Bean
    Limits limits(CaravoxSettings settings) {
        return new Limits(settings::limit);
    }
}
