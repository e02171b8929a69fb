package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.caravox.audio.Encoder;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.ProvidersConfiguration.ChainFactory;
import org.caravox.outbound.ProviderClient;
import org.caravox.providers.Use;
import org.caravox.speech.Conversion;
import org.caravox.speech.Speech;
import org.caravox.speech.SpeechCache;
import org.caravox.speech.SpeechSettings;
import org.caravox.speech.Voice;
import org.caravox.speech.azure.AzureVoice;
import org.caravox.speech.cartesia.CartesiaVoice;
import org.caravox.speech.elevenlabs.ElevenLabsVoice;
import org.caravox.speech.mary.MaryEngine;
import org.caravox.speech.mary.MaryVoice;
import org.caravox.speech.openai.OpenAiVoice;
import org.caravox.usage.Meter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** From text to audio. */
@Configuration(proxyBeanMethods = false)
class SpeechConfiguration {

    /** It loads when it is first asked. */
    @Bean(destroyMethod = "close")
    MaryEngine mary() {
        return new MaryEngine(Sizes.orCores(0));
    }

    @Bean
    SpeechCache speechCache(CaravoxSettings settings, ObjectMapper json) throws IOException {
        CaravoxSettings.SpeechCacheSettings cache = settings.speechCache();
        return new SpeechCache(
                settings.data().resolve("speech"),
                cache.enabled() ? cache.memory().toBytes() : 0,
                cache.enabled() ? cache.disk().toBytes() : 0,
                json);
    }

    @Bean
    Speech speech(
            ChainFactory chains,
            CaravoxSettings settings,
            MaryEngine mary,
            Encoder encoder,
            SpeechCache cache,
            ProviderClient http,
            Meter meter,
            ObjectMapper json,
            Clock clock) {
        Map<String, ProviderEntry> entries = settings.speech().providers();
        List<Voice> voices = entries.entrySet().stream()
                .map(entry -> voice(entry.getKey(), entry.getValue(), mary, http, json, clock))
                .toList();
        return new Speech(
                chains.chain(Use.SPEECH, voices),
                new Conversion(encoder),
                cache,
                new SpeechSettings(settings.speechMaxCharacters(), edition(entries)),
                meter,
                clock);
    }

    private static Voice voice(
            String name, ProviderEntry entry, MaryEngine mary, ProviderClient http, ObjectMapper json, Clock clock) {
        return switch (entry.kindOf(name)) {
            case "mary" -> new MaryVoice(name, mary, options(entry));
            case "cartesia" -> new CartesiaVoice(entry.remote(name), http, json, clock);
            case "elevenlabs" -> new ElevenLabsVoice(entry.remote(name), http, json, clock);
            case "azure" -> new AzureVoice(entry.remote(name), http, json, clock);
            case "openai" -> new OpenAiVoice(entry.remote(name), http, json, clock);
            default ->
                throw new IllegalArgumentException("caravox.speech.providers." + name + ".kind \"" + entry.kindOf(name)
                        + "\" is not known: use mary, cartesia, elevenlabs, azure, openai");
        };
    }

    private static Map<String, String> options(ProviderEntry entry) {
        Map<String, String> options = entry.options();
        return options == null ? Map.of() : options;
    }

    /** All that decides how a text sounds: when it changes, what was spoken before is of no use. */
    private static String edition(Map<String, ProviderEntry> entries) {
        StringBuilder edition = new StringBuilder();
        new TreeMap<>(entries).forEach((name, entry) -> edition.append(name)
                .append(' ')
                .append(entry.kindOf(name))
                .append(' ')
                .append(entry.baseUrl())
                .append(' ')
                .append(entry.models())
                .append(new TreeMap<>(options(entry))));
        return edition.toString();
    }
}
