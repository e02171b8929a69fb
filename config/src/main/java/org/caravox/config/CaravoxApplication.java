package org.caravox.config;

import java.time.Clock;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The hub. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(CaravoxSettings.class)
public class CaravoxApplication {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
