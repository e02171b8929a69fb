package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.ProvidersConfiguration.ChainFactory;
import org.caravox.dialogue.Dialogue;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.answers.AnswersModel;
import org.caravox.dialogue.answers.AnswersSettings;
import org.caravox.dialogue.anthropic.AnthropicModel;
import org.caravox.dialogue.openai.OpenAiModel;
import org.caravox.outbound.ProviderClient;
import org.caravox.providers.Use;
import org.caravox.usage.Meter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** From a conversation to its next message. */
@Configuration(proxyBeanMethods = false)
class DialogueConfiguration {

    @Bean
    Dialogue dialogue(
            ChainFactory chains,
            CaravoxSettings settings,
            ProviderClient http,
            Meter meter,
            ObjectMapper json,
            Clock clock) {
        List<LanguageModel> models = settings.dialogue().providers().entrySet().stream()
                .map(entry -> model(entry.getKey(), entry.getValue(), settings, http, json, clock))
                .toList();
        return new Dialogue(chains.chain(Use.DIALOGUE, models), meter);
    }

    private static LanguageModel model(
            String name,
            ProviderEntry entry,
            CaravoxSettings settings,
            ProviderClient http,
            ObjectMapper json,
            Clock clock) {
        return switch (entry.kindOf(name)) {
            case "openai" -> new OpenAiModel(entry.remote(name), http, json, clock);
            case "anthropic" -> new AnthropicModel(entry.remote(name), http, json, clock);
            case "answers" -> new AnswersModel(answers(name, entry, settings));
            default ->
                throw new IllegalArgumentException("caravox.dialogue.providers." + name + ".kind \""
                        + entry.kindOf(name) + "\" is not known: use openai, anthropic, answers");
        };
    }

    private static AnswersSettings answers(String name, ProviderEntry entry, CaravoxSettings settings) {
        Map<String, String> options = entry.options() == null ? Map.of() : entry.options();
        Path usual = settings.home().resolve("config/settings/answers");
        return new AnswersSettings(
                name,
                options.containsKey("folder") ? Path.of(options.get("folder")) : usual,
                settings.cache().resolve("answers"),
                share(name, options, "answer-above", AnswersSettings.USUAL_ANSWER_ABOVE),
                share(name, options, "ask-above", AnswersSettings.USUAL_ASK_ABOVE));
    }

    private static double share(String name, Map<String, String> options, String option, double usual) {
        String text = options.get(option);
        try {
            return text == null ? usual : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "caravox.dialogue.providers." + name + ".options." + option + " must be a number, was " + text, e);
        }
    }
}
