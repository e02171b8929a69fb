package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import org.caravox.calls.CallLog;
import org.caravox.crm.CrmConnections;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.jobs.Jobs;
import org.caravox.publishing.CaseRecorder;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteTrial;
import org.caravox.routes.cases.CaseRunner;
import org.caravox.routes.cases.StoredCases;
import org.caravox.routes.cases.Surroundings;
import org.caravox.routes.cases.TrialRunner;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Routes are tried on the side: by the cases beside them, and by one message. */
@Configuration(proxyBeanMethods = false)
class RouteCasesConfiguration {

    private static final Duration CASE_ENDS_WITHIN = Duration.ofSeconds(5);

    @Bean
    Surroundings caseSurroundings(CaravoxSettings settings, Environment environment, ObjectMapper json, Clock clock) {
        return new Surroundings(CaseBeans.of(settings, json, clock), environment::getProperty, CASE_ENDS_WITHIN);
    }

    @Bean
    RouteCases routeCases(Surroundings surroundings) {
        return new CaseRunner(surroundings);
    }

    @Bean
    RouteTrial routeTrial(Surroundings surroundings) {
        return new TrialRunner(surroundings);
    }

    @Bean
    CaseRecorder caseRecorder(
            CallLog calls,
            Jobs jobs,
            Transcripts transcripts,
            DeliveryLog deliveries,
            CrmConnections crms,
            Jdbi database,
            ObjectMapper json) {
        return new StoredCases(calls, jobs, transcripts, deliveries, crms, database, json);
    }
}
