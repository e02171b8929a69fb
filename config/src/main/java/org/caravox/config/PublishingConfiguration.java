package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.caravox.audit.AuditLog;
import org.caravox.door.RouteDraftPages;
import org.caravox.door.RouteEdits;
import org.caravox.door.RoutePages;
import org.caravox.door.RoutePublishingPages;
import org.caravox.door.RouteTrialPages;
import org.caravox.jobs.JobSettings;
import org.caravox.publishing.CaseRecorder;
import org.caravox.publishing.Publishing;
import org.caravox.publishing.Rollout;
import org.caravox.publishing.RouteCases;
import org.caravox.publishing.RouteCheck;
import org.caravox.publishing.RouteDrafts;
import org.caravox.publishing.RouteFiles;
import org.caravox.publishing.RouteNode;
import org.caravox.publishing.RouteRuntime;
import org.caravox.publishing.RouteStart;
import org.caravox.publishing.RouteTrial;
import org.caravox.publishing.RouteVersions;
import org.caravox.queue.Announcements;
import org.caravox.routes.RoutePlan;
import org.caravox.tenants.Tenants;
import org.jdbi.v3.core.Jdbi;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How routes are changed while the hub runs. */
@Configuration(proxyBeanMethods = false)
class PublishingConfiguration {

    @Bean
    RouteVersions routeVersions(Jdbi database, ObjectMapper json) {
        return new RouteVersions(database, json);
    }

    @Bean
    RouteDrafts routeDrafts(Jdbi database, ObjectMapper json) {
        return new RouteDrafts(database, json);
    }

    @Bean
    RouteStart routeStart(Jdbi database, RouteVersions versions, AuditLog audit, CaravoxSettings settings) {
        return RouteStart.decide(
                database,
                versions,
                audit,
                RouteFiles.read(settings.routes().folder()),
                settings.routes().start());
    }

    @Bean
    Rollout rollout(
            Jdbi database,
            ObjectMapper json,
            RouteVersions versions,
            RouteRuntime runtime,
            RouteCheck check,
            RouteCases cases,
            AuditLog audit,
            CaravoxSettings settings,
            JobSettings jobs,
            Clock clock) {
        return new Rollout(
                database,
                json,
                versions,
                runtime,
                check,
                cases,
                audit,
                PublishingConfiguration::changed,
                settings.routes().publishing(),
                jobs.node(),
                clock);
    }

    /** The routes that differ, by their own text, or by Kamelets or the configuration that they use. */
    private static Set<String> changed(RouteFiles before, RouteFiles after) {
        Map<String, String> keys = new HashMap<>();
        RoutePlan.of(before).routes().forEach(unit -> keys.put(unit.path(), unit.key()));
        Set<String> changed = new TreeSet<>();
        RoutePlan.of(after).routes().stream()
                .filter(unit -> !unit.key().equals(keys.get(unit.path())))
                .forEach(unit -> changed.add(unit.id()));
        return changed;
    }

    /** What is started with runs when the hub is ready; from then on it follows. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> routesFollow(Rollout rollout, DataSource database, CamelContext camel) {
        return ready -> {
            rollout.start();
            camel.getExecutorServiceManager()
                    .newSingleThreadExecutor(rollout, "routes-announced")
                    .execute(new Announcements(
                            "routes",
                            database,
                            RouteNode.CHANNEL,
                            () -> !camel.getStatus().isStopping()
                                    && !camel.getStatus().isStopped(),
                            rollout::look));
        };
    }

    /** A hub that stops has no say in what is published while its routes end what they have begun. */
    @Bean
    SmartLifecycle routesLeave(Rollout rollout) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                rollout.leave();
            }

            @Override
            public boolean isRunning() {
                return running;
            }
        };
    }

    @Bean
    Publishing publishing(Rollout rollout) {
        return rollout.publishing();
    }

    @Bean
    RouteEdits routeEdits(Publishing publishing, RouteDrafts drafts, ObjectMapper json) {
        return new RouteEdits(publishing, drafts, json);
    }

    @Bean
    RoutePages routePages(
            Publishing publishing,
            RouteVersions versions,
            RouteDrafts drafts,
            RouteRuntime runtime,
            ObjectMapper json) {
        return new RoutePages(publishing, versions, drafts, runtime, PublishingConfiguration::described, json);
    }

    private static List<RoutePages.Described> described(RouteFiles files) {
        return RoutePlan.of(files).routes().stream()
                .map(unit -> new RoutePages.Described(
                        unit.id(), unit.path(), unit.tree().path("description").asText(), unit.tenant()))
                .collect(Collectors.toList());
    }

    @Bean
    RouteDraftPages routeDraftPages(RouteDrafts drafts, RouteVersions versions, RouteEdits edits, ObjectMapper json) {
        return new RouteDraftPages(drafts, versions, edits, json);
    }

    @Bean
    RoutePublishingPages routePublishingPages(
            Publishing publishing, RouteDrafts drafts, RouteEdits edits, Tenants tenants, ObjectMapper json) {
        return new RoutePublishingPages(publishing, drafts, edits, tenants, json);
    }

    @Bean
    RouteTrialPages routeTrialPages(
            Publishing publishing, RouteEdits edits, RouteTrial trial, CaseRecorder recorder, ObjectMapper json) {
        return new RouteTrialPages(publishing, edits, trial, recorder, json);
    }
}
