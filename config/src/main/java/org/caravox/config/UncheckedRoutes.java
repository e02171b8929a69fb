package org.caravox.config;

import java.util.List;
import org.caravox.publishing.CaseRecorder;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteCheck;
import org.caravox.publishing.RouteTrial;
import org.caravox.requests.Refusal;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Stands in for what looks at routes where there is none. */
@Configuration(proxyBeanMethods = false)
class UncheckedRoutes {

    private static final Refusal NOT_BUILT = new Refusal(Refusal.Reason.NOT_BUILT, "this hub cannot try routes");

    @Bean
    @ConditionalOnMissingBean
    RouteCheck routeCheck() {
        return (files, before) -> List.of();
    }

    @Bean
    @ConditionalOnMissingBean
    RouteCases routeCases() {
        return (files, before) -> List.of();
    }

    @Bean
    @ConditionalOnMissingBean
    RouteTrial routeTrial() {
        return (files, route, given) -> {
            throw NOT_BUILT;
        };
    }

    @Bean
    @ConditionalOnMissingBean
    CaseRecorder caseRecorder() {
        return (kind, id, tenant) -> {
            throw NOT_BUILT;
        };
    }
}
