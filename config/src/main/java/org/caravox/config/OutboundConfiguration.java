package org.caravox.config;

import java.nio.file.Path;
import org.caravox.audio.AudioStore;
import org.caravox.fetch.RecordingFetch;
import org.caravox.fetch.RecordingFetch.FetchSettings;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.GuardedClient;
import org.caravox.outbound.Trust;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Calls to the outside, of which some go to addresses that customers name. */
@Configuration(proxyBeanMethods = false)
class OutboundConfiguration {

    @Bean
    AddressGuard addressGuard(CaravoxSettings settings) {
        return new AddressGuard(settings.outbound().allow());
    }

    @Bean
    Trust trust(CaravoxSettings settings) {
        String file = settings.outbound().trust();
        return file.isEmpty() ? Trust.usual() : Trust.with(Path.of(file));
    }

    @Bean(destroyMethod = "close")
    GuardedClient fetchClient(AddressGuard addressGuard, Trust trust, CaravoxSettings settings) {
        return new GuardedClient(addressGuard, trust, settings.fetch().silence());
    }

    @Bean
    RecordingFetch recordingFetch(GuardedClient fetchClient, AudioStore audio, CaravoxSettings settings) {
        CaravoxSettings.Fetch fetch = settings.fetch();
        return new RecordingFetch(fetchClient, audio, new FetchSettings(fetch.deadline(), fetch.jobDeadline()));
    }
}
