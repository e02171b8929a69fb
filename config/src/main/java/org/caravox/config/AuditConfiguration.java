package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.caravox.audit.AuditLog;
import org.caravox.door.AuditPages;
import org.caravox.door.Audited;
import org.caravox.jobs.JobSettings;
import org.caravox.tenants.Tenants;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who changed what. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

    @Bean
    AuditLog auditLog(Jdbi database, ObjectMapper json, CaravoxSettings settings, JobSettings jobs) {
        String topic = settings.audit().topic();
        return new AuditLog(
                database,
                json,
                jobs.node(),
                topic.isBlank() ? null : topic,
                settings.audit().keep());
    }

    @Bean
    Audited audited(AuditLog log, ObjectMapper json) {
        return new Audited(log, json);
    }

    @Bean
    AuditPages auditPages(AuditLog log, Tenants tenants, ObjectMapper json) {
        return new AuditPages(log, tenants, json);
    }
}
