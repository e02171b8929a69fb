package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import org.caravox.door.Admission;
import org.caravox.door.StreamPages;
import org.caravox.door.deepgram.ListenDoor;
import org.caravox.door.live.LiveDoor;
import org.caravox.door.live.LiveHandshakes;
import org.caravox.door.live.LiveLoops;
import org.caravox.door.live.LiveOpener;
import org.caravox.door.live.RevokedKeys;
import org.caravox.door.live.StreamDoor;
import org.caravox.live.LiveSessions;
import org.caravox.tenants.Tenants;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The doors of live streams. */
@Configuration(proxyBeanMethods = false)
class LiveDoorConfiguration {

    private static final int BEHIND_THOSE_THAT_LET_NOBODY_IN = Ordered.HIGHEST_PRECEDENCE + 100;

    @Bean(destroyMethod = "close")
    LiveLoops liveLoops(CaravoxSettings settings) {
        return new LiveLoops(Sizes.orCores(settings.live().loops()));
    }

    @Bean
    LiveOpener liveOpener(LiveSessions sessions, CaravoxSettings settings) {
        return new LiveOpener(sessions, settings.live().openWithin());
    }

    @Bean
    StreamDoor streamDoor(LiveOpener opener, ObjectMapper json, CaravoxSettings settings, Clock clock) {
        return new StreamDoor(opener, json, settings.live().resumeWithin(), clock);
    }

    @Bean
    ListenDoor listenDoor(LiveOpener opener, ObjectMapper json, Clock clock) {
        return new ListenDoor(opener, json, clock);
    }

    @Bean
    FilterRegistrationBean<LiveHandshakes> liveHandshakes(
            List<LiveDoor> doors, Admission admission, LiveLoops loops, ObjectMapper json, ServerProperties server) {
        if (server.getSsl() != null && server.getSsl().isEnabled()) {
            throw new IllegalStateException(
                    "server.ssl cannot be used: live streams need the plain socket. Let a proxy in"
                            + " front of the hub end TLS, and take server.ssl out of the settings");
        }
        FilterRegistrationBean<LiveHandshakes> filter =
                new FilterRegistrationBean<>(new LiveHandshakes(doors, admission, loops, json));
        filter.setOrder(BEHIND_THOSE_THAT_LET_NOBODY_IN);
        return filter;
    }

    @Bean
    StreamPages streamPages(LiveSessions sessions, Tenants tenants, ObjectMapper json) {
        return new StreamPages(sessions, tenants, json);
    }

    @Bean
    RevokedKeys revokedKeys(LiveSessions sessions, Tenants tenants) {
        return new RevokedKeys(sessions, tenants);
    }
}
