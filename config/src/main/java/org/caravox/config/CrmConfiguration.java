package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
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
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.HubRoutes;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is written into customers' CRMs. */
@Configuration(proxyBeanMethods = false)
class CrmConfiguration {

    /** The mappings of the routes in force: compiled at start, so that a wrong one is found there, and once a version. */
    static final class MappingsInForce implements Supplier<CrmMappings> {

        private record Compiled(RouteFiles files, CrmMappings mappings) {}

        private final Supplier<RouteFiles> inForce;
        private volatile Compiled compiled;

        MappingsInForce(Supplier<RouteFiles> inForce) {
            this.inForce = inForce;
            this.compiled = compile(inForce.get());
        }

        private static Compiled compile(RouteFiles files) {
            return new Compiled(files, CrmMappings.of(files));
        }

        @Override
        public CrmMappings get() {
            RouteFiles files = inForce.get();
            Compiled known = compiled;
            if (!known.files.equals(files)) {
                known = compile(files);
                compiled = known;
            }
            return known.mappings;
        }
    }

    @Bean
    MappingsInForce crmMappings(HubRoutes routes) {
        return new MappingsInForce(routes::files);
    }

    @Bean
    CrmConnections crmConnections(CaravoxSettings settings, MappingsInForce inForce, Jdbi database) {
        List<CrmConnection> all = settings.crms();
        CrmMappings mappings = inForce.get();
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
            MappingsInForce mappings,
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
