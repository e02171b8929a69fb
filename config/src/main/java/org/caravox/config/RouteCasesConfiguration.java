package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import org.caravox.calls.CallLog;
import org.caravox.crm.CrmConnections;
import org.caravox.deliveries.DeliveryLog;
import org.caravox.jobs.Jobs;
import org.caravox.publishing.CaseRecorder;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteTrial;
import org.caravox.routes.OpenSettings;
import org.caravox.routes.cases.CaseRunner;
import org.caravox.routes.cases.StoredCases;
import org.caravox.routes.cases.Surroundings;
import org.caravox.routes.cases.TrialRunner;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Routes on the side: their cases, and messages that are tried. */
@Configuration(proxyBeanMethods = false)
class RouteCasesConfiguration {

    @Bean
    Surroundings caseSurroundings(CaravoxSettings settings, ObjectMapper json, Clock clock, Environment environment) {
        return new Surroundings(
                CaseBeans.of(settings, json, clock),
                name -> OpenSettings.of(name, environment::getProperty),
                settings.routes().caseTimeout());
    }

    @Bean
    RouteCases routeCases(Surroundings caseSurroundings) {
        return new CaseRunner(caseSurroundings);
    }

    @Bean
    RouteTrial routeTrial(Surroundings caseSurroundings) {
        return new TrialRunner(caseSurroundings);
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
