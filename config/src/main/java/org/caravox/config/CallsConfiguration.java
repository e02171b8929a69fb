package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.caravox.agents.ConversationRecords;
import org.caravox.audio.Decoder;
import org.caravox.audio.Examiner;
import org.caravox.calls.Agents;
import org.caravox.calls.CallLog;
import org.caravox.calls.CallMetrics;
import org.caravox.calls.CallOutside;
import org.caravox.calls.CallSettings;
import org.caravox.calls.CallWatch;
import org.caravox.calls.Calls;
import org.caravox.calls.Sounds;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.signalling.Dial;
import org.caravox.calls.signalling.IncomingCalls;
import org.caravox.calls.signalling.LegListener;
import org.caravox.calls.signalling.SignalLeg;
import org.caravox.calls.signalling.Signalling;
import org.caravox.config.CallsSettings.TrunkEntry;
import org.caravox.door.CallPages;
import org.caravox.events.Events;
import org.caravox.fetch.SoundFiles;
import org.caravox.jobs.JobSettings;
import org.caravox.live.LiveSessions;
import org.caravox.outbound.GuardedClient;
import org.caravox.recordings.AudioRecorders;
import org.caravox.requests.Refusal;
import org.caravox.routes.HubRoutes;
import org.caravox.rtp.RtpEngine;
import org.caravox.sip.SipComponent;
import org.caravox.sip.stack.SipStack;
import org.caravox.speech.Speech;
import org.caravox.speech.mary.MaryEngine;
import org.caravox.tenants.Tenants;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Telephone calls: the wires that they come over, the routes that take them, and what remains of them. */
@Configuration(proxyBeanMethods = false)
class CallsConfiguration {

    private static final Logger log = LoggerFactory.getLogger(CallsConfiguration.class);
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(10);
    private static final int SPEAKERS = 256;
    private static final int RECORDERS = 4;

    /** Threads for what blocks: voices that are read, records that are written. What is too much waits. */
    record CallThreads(ThreadPoolExecutor speakers, ThreadPoolExecutor records) implements AutoCloseable {

        @Override
        public void close() {
            speakers.shutdownNow();
            records.shutdown();
            try {
                if (!records.awaitTermination(ENDED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    log.error(
                            "calls.records.unwritten count={}",
                            records.getQueue().size());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Bean(destroyMethod = "close")
    CallThreads callThreads() {
        return new CallThreads(threads("calls-speak", SPEAKERS), threads("calls-record", RECORDERS));
    }

    private static ThreadPoolExecutor threads(String name, int most) {
        AtomicLong numbers = new AtomicLong();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name + "-" + numbers.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    @Bean(destroyMethod = "close")
    MediaEngine mediaEngine(CaravoxSettings settings) {
        return new RtpEngine(settings.calls().rtp().settings());
    }

    /** Only where a port is set. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnExpression(
            "${caravox.calls.sip.udp-port} + ${caravox.calls.sip.tcp-port} + ${caravox.calls.sip.tls-port} != 0")
    static class Wires {

        @Bean(destroyMethod = "close")
        SipStack sipStack(CaravoxSettings settings, NamedSecrets secrets, MeterRegistry registry, Clock clock) {
            CallsSettings calls = settings.calls();
            Function<String, String> secret = name -> secrets.secret(name)
                    .orElseThrow(() -> new IllegalStateException("the secret " + name + " cannot be had now"));
            return new SipStack(
                    calls.sip()
                            .settings(
                                    calls.trunks().entrySet().stream()
                                            .map(entry -> entry.getValue().trunk(entry.getKey(), secret))
                                            .toList(),
                                    secret),
                    registry,
                    clock);
        }

        /** An agent does not let its first caller wait for the embedded voice, which takes seconds to load. */
        @Bean
        ApplicationListener<ApplicationStartedEvent> voiceForCalls(MaryEngine mary, CaravoxSettings settings) {
            return started -> {
                if (settings.speech().providers().entrySet().stream()
                        .anyMatch(
                                entry -> entry.getValue().kindOf(entry.getKey()).equals("mary"))) {
                    mary.start();
                }
            };
        }
    }

    /** Nobody can be rung, and nobody rings. */
    @Bean
    @ConditionalOnMissingBean(Signalling.class)
    Signalling noSignalling() {
        return new Signalling() {
            @Override
            public SignalLeg dial(Dial dial, LegListener listener) {
                throw new Refusal(
                        Refusal.Reason.NOT_BUILT, "this hub has no SIP: its operator sets caravox.calls.sip.udp-port");
            }

            @Override
            public void answeredBy(IncomingCalls incoming) {}
        };
    }

    @Bean
    Sounds sounds(CaravoxSettings settings, GuardedClient client, Examiner examiner, Decoder decoder) {
        Path folder = settings.calls().sounds();
        return new SoundFiles(
                folder == null ? settings.home().resolve("config/settings/sounds") : folder, client, examiner, decoder);
    }

    @Bean
    CallLog callLog(Jdbi database, Events events, ObjectMapper json, JobSettings jobs, Clock clock) {
        return new CallLog(database, events, json, jobs.node(), clock);
    }

    @Bean
    Calls calls(
            Signalling signalling,
            MediaEngine media,
            LiveSessions live,
            Speech speech,
            Sounds sounds,
            Agents agents,
            AudioRecorders recorders,
            CallLog records,
            CallThreads threads,
            CaravoxSettings settings,
            MeterRegistry registry,
            Clock clock) {
        CallOutside outside = new CallOutside(
                signalling,
                media,
                live,
                speech,
                sounds,
                agents,
                recorders,
                records,
                new CallMetrics(registry),
                settings.callSettings(),
                trunk -> wishes(settings.calls(), trunk),
                threads.speakers(),
                threads.records(),
                clock);
        Calls calls = new Calls(outside);
        Gauge.builder("calls.live", calls, Calls::count)
                .description("Calls that go on")
                .register(registry);
        Gauge.builder("calls.queued", calls, Calls::waiting)
                .description("Callers who wait for a place")
                .register(registry);
        Gauge.builder("calls.listeners", calls, Calls::listeners)
                .description("Those who listen in on calls")
                .register(registry);
        return calls;
    }

    private static MediaWishes wishes(CallsSettings settings, @Nullable String trunk) {
        TrunkEntry entry = trunk == null ? null : settings.trunks().get(trunk);
        return new MediaWishes(
                entry == null || entry.codecs() == null ? List.of() : entry.codecs(),
                entry == null || entry.srtp() == null ? MediaWishes.Srtp.ACCEPTED : entry.srtp(),
                null);
    }

    @Bean
    CallWatch callWatch(Calls calls, CallLog records) {
        return new CallWatch(calls, records);
    }

    @Bean
    CallPages callPages(
            Calls calls,
            CallLog records,
            ConversationRecords conversations,
            CaravoxSettings settings,
            Tenants tenants,
            ObjectMapper json) {
        return new CallPages(calls, records, settings.callSettings(), conversations, tenants, json);
    }

    @Bean("sip")
    SipComponent sipComponent(CaravoxSettings settings) {
        return new SipComponent(settings.calls().threads());
    }

    /** Calls come in once the routes are there. What a number names must exist: that is looked at now, not when it is rung. */
    @Bean
    ApplicationListener<ApplicationStartedEvent> callsComeIn(
            Signalling signalling,
            Calls calls,
            Agents agents,
            org.caravox.agents.Agents files,
            HubRoutes routes,
            CaravoxSettings settings) {
        return started -> {
            CallsSettings own = settings.calls();
            own.numbers().forEach((number, entry) -> {
                check(number, entry, agents, routes);
                checkFile(number, entry, files);
            });
            own.outbound().forEach(route -> checkRoute("caravox.calls.outbound", route, routes));
            String emergency = own.emergency().trunk();
            if (!emergency.isBlank() && !own.trunks().containsKey(emergency)) {
                throw new IllegalStateException("caravox.calls.emergency.trunk: there is no trunk \"" + emergency
                        + "\" in caravox.calls.trunks");
            }
            signalling.answeredBy(calls);
        };
    }

    /** Calls end before their routes go. */
    @Bean
    SmartLifecycle callsEnd(Calls calls, ObjectProvider<SipStack> stack) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                stack.ifAvailable(SipStack::drain);
                try {
                    calls.stop(ENDED_WITHIN);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (IllegalStateException e) {
                    log.error("calls.stop.incomplete reason=\"{}\"", e.getMessage());
                }
            }

            @Override
            public boolean isRunning() {
                return running;
            }
        };
    }

    private static void check(String number, CallsSettings.LineEntry entry, Agents agents, HubRoutes routes) {
        String route = entry.taker();
        checkRoute("caravox.calls.numbers." + number + ".route", route, routes);
        String agent = entry.agent();
        if (agent == null && CallSettings.WITH_AGENT.contains(route)) {
            throw new IllegalStateException("caravox.calls.numbers." + number + ": the route " + route
                    + " has an agent talk, so agent must name one");
        }
        if (agent != null && !agents.of(entry.tenant()).contains(agent)) {
            throw new IllegalStateException("caravox.calls.numbers." + number + ".agent: tenant " + entry.tenant()
                    + " has no agent \"" + agent + "\": there are "
                    + String.join(", ", new TreeSet<>(agents.of(entry.tenant()))));
        }
    }

    private static void checkFile(String number, CallsSettings.LineEntry entry, org.caravox.agents.Agents files) {
        String agent = entry.agent();
        try {
            if (agent != null) {
                files.get(entry.tenant(), agent);
            }
        } catch (Refusal e) {
            throw new IllegalStateException("caravox.calls.numbers." + number + ".agent: " + e.getMessage(), e);
        }
    }

    private static void checkRoute(String setting, String route, HubRoutes routes) {
        if (!routes.knows(route)) {
            throw new IllegalStateException(setting + ": there is no route \"" + route + "\" in the folder routes");
        }
    }
}
