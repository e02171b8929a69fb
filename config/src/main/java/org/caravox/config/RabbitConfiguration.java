package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.apache.camel.CamelContext;
import org.caravox.jobs.Broker;
import org.caravox.jobs.Dispatch;
import org.caravox.jobs.JobLeases;
import org.caravox.jobs.Replies;
import org.caravox.queue.LeaseKeeper;
import org.caravox.queue.RabbitBroker;
import org.caravox.queue.RabbitJobs;
import org.caravox.queue.RabbitListeners;
import org.caravox.queue.RabbitMessages;
import org.caravox.queue.RabbitReplies;
import org.caravox.queue.RawMessages;
import org.jdbi.v3.core.Jdbi;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Jobs by RabbitMQ. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "caravox.jobs.queue", havingValue = "rabbitmq")
class RabbitConfiguration {

    /** For what is published, declared and taken in, besides the consumers of jobs. */
    private static final int OTHER_CHANNELS = 20;

    /** By when after its deadline a job has ended. */
    private static final Duration LATEST_END = Duration.ofMinutes(10);

    /** Each channel delivers on a thread of its own, as long as a job takes: there are as many as there are channels. */
    @Bean
    RabbitTemplate jobMessages(CachingConnectionFactory connections, CaravoxSettings settings) {
        connections.setChannelCacheSize(settings.rabbitmq().consumers() + OTHER_CHANNELS);
        connections.setExecutor(Executors.newCachedThreadPool(new CustomizableThreadFactory("rabbitmq-")));
        RabbitTemplate template = new RabbitTemplate(connections);
        template.setUsePublisherConnection(true);
        template.setMandatory(true);
        return template;
    }

    @Bean
    Dispatch jobDispatch(Jdbi database, CaravoxSettings settings) {
        return new Dispatch(database, settings.jobs().window());
    }

    @Bean
    RabbitBroker rabbitBroker(RabbitTemplate jobMessages, Dispatch jobDispatch, CaravoxSettings settings) {
        return new RabbitBroker(
                jobMessages,
                jobDispatch,
                settings.rabbitmq().queue(),
                settings.rabbitmq().prefetch(),
                settings.jobs().deadline().plus(LATEST_END),
                settings.intake().rabbitmq().queue());
    }

    @Bean
    LeaseKeeper rabbitLeases(JobLeases leases, CamelContext camel, Clock clock) {
        return new LeaseKeeper("rabbitmq", leases, camel, clock);
    }

    @Bean
    RabbitListeners rabbitListeners(RabbitBroker broker, LeaseKeeper rabbitLeases, CaravoxSettings settings) {
        return new RabbitListeners(broker, rabbitLeases, settings.rabbitmq().queue());
    }

    @Bean
    RabbitJobs rabbitJobs(
            RabbitTemplate jobMessages, JobLeases leases, LeaseKeeper rabbitLeases, CaravoxSettings settings) {
        return new RabbitJobs(
                jobMessages,
                leases,
                rabbitLeases,
                settings.rabbitmq().queue(),
                settings.rabbitmq().confirmWithin());
    }

    @Bean
    RabbitReplies rabbitReplies(RabbitTemplate jobMessages, CaravoxSettings settings) {
        return new RabbitReplies(jobMessages, settings.rabbitmq().confirmWithin());
    }

    @Bean
    RabbitMessages rabbitMessages(RabbitTemplate jobMessages, ObjectMapper json, CaravoxSettings settings) {
        return new RabbitMessages(jobMessages, json, settings.rabbitmq().confirmWithin());
    }

    @Bean
    Replies repliesByRabbitmq(Jdbi database, ObjectMapper json, CaravoxSettings settings) {
        return new Replies(database, json, Broker.RABBITMQ, settings.intake().replyRetries());
    }

    @Bean
    RawMessages rawMessages() {
        return new RawMessages();
    }

    @Bean
    HealthIndicator brokerHealthIndicator(RabbitBroker broker) {
        return () -> broker.now()
                .map(problem -> Health.down().withDetail("rabbitmq", problem).build())
                .orElseGet(() -> Health.up().build());
    }
}
