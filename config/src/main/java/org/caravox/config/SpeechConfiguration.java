package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.ProvidersConfiguration.ChainFactory;
import org.caravox.outbound.ProviderClient;
import org.caravox.providers.Use;
import org.caravox.speech.Speech;
import org.caravox.speech.Voice;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** From text to audio. */
@Configuration(proxyBeanMethods = false)
class SpeechConfiguration {

    @Bean
    Speech speech(ChainFactory chains, CaravoxSettings settings, ProviderClient http, ObjectMapper json, Clock clock) {
        List<Voice> voices = settings.speech().providers().entrySet().stream()
                .map(entry -> voice(entry.getKey(), entry.getValue(), http, json, clock))
                .toList();
        return new Speech(chains.chain(Use.SPEECH, voices));
    }

    @SuppressWarnings("UnusedVariable") // the remote kinds need them
    private static Voice voice(String name, ProviderEntry entry, ProviderClient http, ObjectMapper json, Clock clock) {
        throw new IllegalArgumentException("caravox.speech.providers." + name + ".kind \"" + entry.kindOf(name)
                + "\" is not known: use mary, cartesia, elevenlabs, azure, openai");
    }
}
