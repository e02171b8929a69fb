package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import org.caravox.crm.CrmCalls;
import org.caravox.crm.CrmConnection;
import org.caravox.crm.CrmConnections;
import org.caravox.crm.CrmLogins;
import org.caravox.crm.CrmMappings;
import org.caravox.crm.CrmRecords;
import org.caravox.crm.CrmRuns;
import org.caravox.crm.CrmSteps;
import org.caravox.crm.CrmTrials;
import org.caravox.door.CrmPages;
import org.caravox.outbound.ProviderClient;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is written into customers' CRMs. */
@Configuration(proxyBeanMethods = false)
class CrmConfiguration {

    /** All are compiled at start, so that a wrong one is found there. */
    @Bean
    CrmMappings crmMappings(CaravoxSettings settings) {
        return CrmMappings.read(settings.home().resolve("routes").resolve("crm"));
    }

    @Bean
    CrmConnections crmConnections(CaravoxSettings settings, CrmMappings mappings, Jdbi database) {
        List<CrmConnection> all = settings.crms();
        all.forEach(crm -> check(crm, mappings));
        return new CrmConnections(all, database);
    }

    private static void check(CrmConnection crm, CrmMappings mappings) {
        String where = "caravox.tenants." + crm.tenant() + ".crm." + crm.name();
        try {
            mappings.require(crm.mapping());
            CrmMappings.check("options.success", crm.options().getOrDefault("success", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    @Bean
    Enrolment crmEnrolment(CrmConnections connections) {
        return connections::enrol;
    }

    @Bean
    CrmRecords crmRecords(Jdbi database) {
        return new CrmRecords(database);
    }

    @Bean
    CrmLogins crmLogins(NamedSecrets secrets, Clock clock) {
        return new CrmLogins(secrets::secret, clock);
    }

    @Bean
    CrmCalls crmCalls(ProviderClient providerHttp, CrmLogins logins, ObjectMapper json, Clock clock) {
        return new CrmCalls(providerHttp, logins, json, clock);
    }

    @Bean
    CrmSteps crmSteps(CrmCalls calls, CrmRecords records, ObjectMapper json) {
        return new CrmSteps(calls, records, json);
    }

    @Bean
    CrmRuns crmRuns(
            CrmConnections connections,
            CrmMappings mappings,
            CrmRecords records,
            Jdbi database,
            ObjectMapper json,
            CaravoxSettings settings,
            Clock clock) {
        return new CrmRuns(connections, mappings, records, database, json, publicUrl(settings), clock);
    }

    private static @Nullable URI publicUrl(CaravoxSettings settings) {
        return settings.publicUrl().isEmpty() ? null : URI.create(settings.publicUrl());
    }

    @Bean
    CrmTrials crmTrials(CrmRuns runs, CrmSteps steps, CrmCalls calls, CrmConnections connections) {
        return new CrmTrials(runs, steps, calls, connections);
    }

    @Bean
    CrmPages crmPages(
            CrmConnections connections, CrmRuns runs, CrmTrials trials, ObjectMapper json, CaravoxSettings settings) {
        return new CrmPages(connections, runs, trials, json, settings.crm().tryMappings());
    }
}
