package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.catalina.core.StandardHost;
import org.caravox.audio.AudioStore;
import org.caravox.audio.Examiner;
import org.caravox.door.Admission;
import org.caravox.door.Answers;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.CallerConnections;
import org.caravox.door.DeadLetterPages;
import org.caravox.door.DoorHeaders;
import org.caravox.door.IdempotentRequests;
import org.caravox.door.JobPages;
import org.caravox.door.NoDoor;
import org.caravox.door.ObservedFrom;
import org.caravox.door.OpenApi;
import org.caravox.door.Problems;
import org.caravox.door.RecordingForm;
import org.caravox.door.RecordingIntake;
import org.caravox.door.RequestFields;
import org.caravox.door.TenantPages;
import org.caravox.door.TranscriptPages;
import org.caravox.door.UnreadBody;
import org.caravox.door.UsagePages;
import org.caravox.jobs.DeadLetters;
import org.caravox.jobs.Jobs;
import org.caravox.outbound.AddressGuard;
import org.caravox.requests.Idempotency;
import org.caravox.tenants.Limits;
import org.caravox.tenants.Tenants;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.Transcripts;
import org.caravox.usage.Budgets;
import org.caravox.usage.Prices;
import org.caravox.usage.UsageReports;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.task.TaskDecorator;

/** The HTTP door. */
@Configuration(proxyBeanMethods = false)
class DoorConfiguration {

    private static final Duration HANG_UPS_SEEN_EVERY = Duration.ofMillis(500);

    @Bean
    DoorHeaders doorHeaders() {
        return new DoorHeaders();
    }

    @Bean
    FilterRegistrationBean<BodyOnDemand> bodyOnDemand() {
        FilterRegistrationBean<BodyOnDemand> filter = new FilterRegistrationBean<>(new BodyOnDemand());
        filter.setOrder(Ordered.LOWEST_PRECEDENCE);
        filter.setAsyncSupported(true);
        return filter;
    }

    @Bean
    FilterRegistrationBean<UnreadBody> unreadBody(Clock clock) {
        FilterRegistrationBean<UnreadBody> filter = new FilterRegistrationBean<>(new UnreadBody(clock));
        filter.setDispatcherTypes(DispatcherType.ASYNC);
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        filter.setAsyncSupported(true);
        return filter;
    }

    @Bean
    @ConditionalOnProperty(name = "caravox.roles.door", havingValue = "false")
    FilterRegistrationBean<NoDoor> noDoor(ObjectMapper json) {
        FilterRegistrationBean<NoDoor> filter = new FilterRegistrationBean<>(new NoDoor(json));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    FilterRegistrationBean<ObservedFrom> observedFrom(CaravoxSettings settings, ObjectMapper json) {
        FilterRegistrationBean<ObservedFrom> filter =
                new FilterRegistrationBean<>(new ObservedFrom(settings.observedFrom(), json));
        filter.setUrlPatterns(List.of("/health", "/health/*", "/metrics"));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /** The web server must not read bodies in search of form parameters. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodiesUnread() {
        return tomcat -> {
            tomcat.addConnectorCustomizers(connector -> connector.setParseBodyMethods("NONE"));
            tomcat.addEngineValves(new CallerConnections(HANG_UPS_SEEN_EVERY));
            tomcat.addContextCustomizers(context ->
                    ((StandardHost) context.getParent()).setErrorReportValveClass(ProblemValve.class.getName()));
        };
    }

    /** Log lines carry their request's id on whatever thread they are written. */
    @Bean
    TaskDecorator requestIdInLog() {
        return task -> {
            Map<String, String> context = MDC.getCopyOfContextMap();
            return () -> {
                MDC.setContextMap(context == null ? Map.of() : context);
                try {
                    task.run();
                } finally {
                    MDC.clear();
                }
            };
        };
    }

    @Bean
    Admission admission(Tenants tenants, Limits limits) {
        return new Admission(tenants, limits);
    }

    @Bean
    Problems problems(ObjectMapper json, TranscriptionMetrics metrics) {
        return new Problems(json, metrics);
    }

    @Bean
    RecordingForm recordingForm(AudioStore audio) {
        return new RecordingForm(audio);
    }

    @Bean
    RequestFields requestFields(Transcription transcription, AddressGuard guard, ObjectMapper json, Clock clock) {
        return new RequestFields(transcription, guard, json, clock);
    }

    @Bean
    RecordingIntake recordingIntake(
            AudioStore audio,
            RecordingForm form,
            Examiner examiner,
            RequestFields fields,
            ObjectMapper json,
            CaravoxSettings settings,
            Clock clock) {
        return new RecordingIntake(
                audio,
                form,
                examiner,
                fields,
                json,
                settings.audio().arriveWithin(),
                settings.modes().syncDeadline(),
                clock);
    }

    @Bean
    IdempotentRequests idempotentRequests(Idempotency idempotency, AudioStore audio) {
        return new IdempotentRequests(idempotency, audio);
    }

    @Bean
    Answers answers(ObjectMapper json, TranscriptionMetrics metrics, Clock clock) {
        return new Answers(json, metrics, clock);
    }

    @Bean
    TranscriptPages transcriptPages(Transcripts transcripts, ObjectMapper json) {
        return new TranscriptPages(transcripts, json);
    }

    @Bean
    JobPages jobPages(Jobs jobs, ObjectMapper json) {
        return new JobPages(jobs, json);
    }

    @Bean
    DeadLetterPages deadLetterPages(DeadLetters letters, Tenants tenants, ObjectMapper json) {
        return new DeadLetterPages(letters, tenants, json);
    }

    @Bean
    TenantPages tenantPages(Tenants tenants, ObjectMapper json) {
        return new TenantPages(tenants, json);
    }

    @Bean
    UsagePages usagePages(
            UsageReports reports, Budgets budgets, Prices prices, Tenants tenants, ObjectMapper json, Clock clock) {
        return new UsagePages(reports, budgets, prices.currency(), tenants, json, clock);
    }

    @Bean
    OpenApi openApi(ObjectMapper json) throws IOException {
        return new OpenApi(new ClassPathResource("openapi.yaml").getInputStream(), json);
    }
}
