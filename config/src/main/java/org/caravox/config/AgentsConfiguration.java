package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.caravox.agents.AgentMetrics;
import org.caravox.agents.AgentOutside;
import org.caravox.agents.AgentProviders;
import org.caravox.agents.AgentSteps;
import org.caravox.agents.Agents;
import org.caravox.agents.ConversationRecords;
import org.caravox.agents.Conversations;
import org.caravox.audio.activity.SileroModel;
import org.caravox.config.CallsConfiguration.CallThreads;
import org.caravox.dialogue.Dialogue;
import org.caravox.live.LiveLegs;
import org.caravox.live.LiveSessions;
import org.caravox.publishing.SessionPins;
import org.caravox.sip.AgentRoutes;
import org.caravox.sip.CallAgents;
import org.caravox.speech.Speech;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Those who talk with callers. */
@Configuration(proxyBeanMethods = false)
class AgentsConfiguration {

    private static final Logger log = LoggerFactory.getLogger(AgentsConfiguration.class);
    private static final String TOOL = "tool-";

    @Bean(destroyMethod = "close")
    SileroModel sileroModel() {
        return SileroModel.load();
    }

    @Bean
    ConversationRecords conversationRecords(Jdbi database, Clock clock) {
        return new ConversationRecords(database, clock);
    }

    @Bean
    AgentSteps agentSteps(CamelContext camel, ObjectMapper json, SessionPins versions) {
        return new AgentRoutes(camel.createProducerTemplate(), json, versions);
    }

    @Bean
    Agents agents(
            CaravoxSettings settings,
            LiveLegs legs,
            Dialogue dialogue,
            Speech speech,
            ObjectProvider<CamelContext> camel) {
        return new Agents(
                settings.home().resolve("config/settings/agents"),
                new AgentProviders(legs.chain(), dialogue.chain(), speech.chain(), () -> tools(camel.getObject())));
    }

    /** A tool is a route whose id begins with {@code tool-}. */
    private static Set<String> tools(CamelContext camel) {
        return camel.getRoutes().stream()
                .map(Route::getId)
                .filter(id -> id.startsWith(TOOL))
                .map(id -> id.substring(TOOL.length()))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Bean
    Conversations conversations(
            LiveSessions live,
            Dialogue dialogue,
            Speech speech,
            AgentSteps steps,
            ConversationRecords records,
            CallThreads threads,
            SileroModel silero,
            MeterRegistry registry,
            Clock clock) {
        return new Conversations(
                new AgentOutside(live, dialogue, speech, steps, records, threads.speakers(), threads.records(), clock),
                silero,
                new AgentMetrics(registry),
                System::nanoTime);
    }

    @Bean
    CallAgents callAgents(Conversations conversations, Agents agents) {
        return new CallAgents(conversations, agents);
    }

    /** An agent whose file cannot be used, or who lacks a provider, is told of now; a number that names one stops the start. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    ApplicationListener<ApplicationStartedEvent> agentsAreRead(Agents agents) {
        return started -> {
            try {
                agents.readAll();
            } catch (IllegalArgumentException e) {
                log.error("agents.broken reason=\"{}\"", e.getMessage());
            }
        };
    }
}
