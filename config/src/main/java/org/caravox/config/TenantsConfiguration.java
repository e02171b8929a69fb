package org.caravox.config;

import java.time.Clock;
import org.caravox.tenants.Limits;
import org.caravox.tenants.Limits.Buckets;
import org.caravox.tenants.SharedBuckets;
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
    SharedBuckets sharedBuckets(Jdbi database, Clock clock) {
        return new SharedBuckets(database, clock);
    }

    @Bean
    Limits limits(CaravoxSettings settings, SharedBuckets shared) {
        Buckets buckets =
                switch (settings.limits().shared()) {
                    case HUB -> Buckets.OF_THIS_HUB;
                    case DATABASE -> shared;
                };
        return new Limits(settings::limit, buckets);
    }
}
