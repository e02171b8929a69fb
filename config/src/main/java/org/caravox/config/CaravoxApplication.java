package org.caravox.config;

import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The hub. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(CaravoxSettings.class)
public class CaravoxApplication {

    /** In microseconds, as PostgreSQL keeps time: what is answered at once equals what is read back later. */
    @Bean
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));
    }
}
