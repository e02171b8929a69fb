package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import org.caravox.door.RequestFields;
import org.caravox.door.queue.IntakeHeaders;
import org.caravox.door.queue.QueueIntake;
import org.caravox.door.queue.ReplyAddresses;
import org.caravox.door.queue.Senders;
import org.caravox.jobs.JobAcceptance;
import org.caravox.jobs.JobSettings;
import org.caravox.jobs.Jobs;
import org.caravox.jobs.RefusedMessages;
import org.caravox.tenants.Tenants;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The door for messages of RabbitMQ and Kafka. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

    @Bean
    RefusedMessages refusedMessages(Jdbi database, ObjectMapper json) {
        return new RefusedMessages(database, json);
    }

    @Bean
    IntakeHeaders intakeHeaders() {
        return new IntakeHeaders();
    }

    @Bean
    QueueIntake queueIntake(
            CaravoxSettings settings,
            Tenants tenants,
            RequestFields fields,
            Jobs jobs,
            JobAcceptance acceptance,
            RefusedMessages refused,
            ObjectMapper json,
            JobSettings jobSettings,
            Clock clock) {
        CaravoxSettings.Intake intake = settings.intake();
        return new QueueIntake(
                new Senders(intake.rabbitmq().users(), tenants),
                new ReplyAddresses(intake.replyPrefix(), intake.kafka().replyTopic()),
                fields,
                jobs,
                acceptance,
                refused,
                json,
                (int) intake.maxSize().toBytes(),
                jobSettings.databaseAway(),
                clock);
    }
}
