package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.caravox.calls.Calls;
import org.caravox.config.CaravoxSettings.Tenant;
import org.caravox.config.LiveConfiguration.LiveThreads;
import org.caravox.door.Admission;
import org.caravox.door.AudioSocketPages;
import org.caravox.door.live.phone.AudioSocketServer;
import org.caravox.door.live.phone.AudioSocketTickets;
import org.caravox.door.live.phone.PhoneCalls;
import org.caravox.door.live.phone.PhoneDoor;
import org.caravox.live.LiveSessions;
import org.caravox.providers.Use;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Telephone platforms that send the audio of calls. */
@Configuration(proxyBeanMethods = false)
class PhonesConfiguration {

    private static final String TWILIO = "twilio";

    @Bean
    PhoneCalls phoneCalls(
            Admission admission,
            CaravoxSettings settings,
            NamedSecrets secrets,
            LiveSessions sessions,
            Calls calls,
            LiveThreads threads,
            Clock clock) {
        return new PhoneCalls(
                key -> caller(admission, key),
                tenant -> twilioToken(settings, secrets, tenant),
                sessions,
                (leg, asked) -> calls.rings(leg, calls.line(asked.tenant(), asked.agent(), asked.number())),
                settings.calls().rtp().silentAfter(),
                threads.openers(),
                clock);
    }

    /** By a key that stands in a call's first message: within the same limits as one in a handshake. */
    private static Caller caller(Admission admission, String key) {
        Caller caller = admission.caller(Optional.of(key));
        admission.enter(caller.requireTenant()).release().run();
        return caller;
    }

    /** A token that cannot be had now lets nobody in. */
    private static Optional<String> twilioToken(CaravoxSettings settings, NamedSecrets secrets, String tenant) {
        Tenant own = settings.tenants().get(tenant);
        if (own == null || own.credentials() == null || !own.credentials().containsKey(TWILIO)) {
            return Optional.empty();
        }
        return Optional.of(secrets.of(Use.LIVE, TWILIO, tenant)
                .orElseThrow(() -> new Refusal(
                        Refusal.Reason.OVERLOADED,
                        "the auth token of Twilio cannot be had now, try again",
                        Duration.ofSeconds(5),
                        null))
                .secret());
    }

    @Bean
    PhoneDoor phoneDoor(PhoneCalls calls, CaravoxSettings settings) {
        return new PhoneDoor(calls, settings.publicUrl());
    }

    @Bean
    AudioSocketTickets audioSocketTickets() {
        return new AudioSocketTickets();
    }

    @Bean
    AudioSocketPages audioSocketPages(
            AudioSocketTickets tickets, CaravoxSettings settings, ObjectMapper json, Clock clock) {
        return new AudioSocketPages(tickets, json, settings.live().audiosocket().port(), clock);
    }

    /** The threads of AudioSockets, and what listens on them; both only where a port is set. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnExpression("${caravox.live.audiosocket.port} != 0")
    static class AudioSockets {

        /** Not a bean of its own: a loop group is an Executor, and with one of those Spring Boot makes none for Camel. */
        record AudioSocketLoops(NioEventLoopGroup group) implements AutoCloseable {

            @Override
            public void close() {
                var unused = group.shutdownGracefully();
            }
        }

        @Bean(destroyMethod = "close")
        AudioSocketLoops audioSocketLoops() {
            return new AudioSocketLoops(new NioEventLoopGroup(0, new DefaultThreadFactory("audiosocket", true)));
        }

        @Bean(destroyMethod = "close")
        AudioSocketServer audioSocketServer(
                CaravoxSettings settings, AudioSocketLoops loops, AudioSocketTickets tickets, PhoneCalls calls) {
            InetSocketAddress address =
                    new InetSocketAddress(settings.live().audiosocket().port());
            return new AudioSocketServer(address, loops.group(), tickets, calls);
        }
    }
}
