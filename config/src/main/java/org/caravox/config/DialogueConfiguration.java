package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.ProvidersConfiguration.ChainFactory;
import org.caravox.dialogue.Dialogue;
import org.caravox.dialogue.LanguageModel;
import org.caravox.outbound.ProviderClient;
import org.caravox.providers.Use;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** From a conversation to its next message. */
@Configuration(proxyBeanMethods = false)
class DialogueConfiguration {

    @Bean
    Dialogue dialogue(
            ChainFactory chains, CaravoxSettings settings, ProviderClient http, ObjectMapper json, Clock clock) {
        List<LanguageModel> models = settings.dialogue().providers().entrySet().stream()
                .map(entry -> model(entry.getKey(), entry.getValue(), http, json, clock))
                .toList();
        return new Dialogue(chains.chain(Use.DIALOGUE, models));
    }

    @SuppressWarnings("UnusedVariable") // the remote kinds need them
    private static LanguageModel model(
            String name, ProviderEntry entry, ProviderClient http, ObjectMapper json, Clock clock) {
        throw new IllegalArgumentException("caravox.dialogue.providers." + name + ".kind \"" + entry.kindOf(name)
                + "\" is not known: use openai, anthropic, answers");
    }
}
