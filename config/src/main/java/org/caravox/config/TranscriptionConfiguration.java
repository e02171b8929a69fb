package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.audio.AudioStore;
import org.caravox.audio.Decoder;
import org.caravox.audio.Examiner;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.ProvidersConfiguration.ChainFactory;
import org.caravox.events.Events;
import org.caravox.fetch.RecordingFetch;
import org.caravox.jobs.KeptRecordings;
import org.caravox.outbound.ProviderClient;
import org.caravox.providers.Use;
import org.caravox.transcription.ModeChooser;
import org.caravox.transcription.Recordings;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptCache;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionMetrics;
import org.caravox.transcription.Transcripts;
import org.caravox.transcription.azure.AzureTranscriber;
import org.caravox.transcription.deepgram.DeepgramTranscriber;
import org.caravox.transcription.openai.OpenAiTranscriber;
import org.caravox.transcription.vosk.VoskSettings;
import org.caravox.transcription.vosk.VoskTranscriber;
import org.caravox.usage.Ledger;
import org.caravox.usage.Meter;
import org.jdbi.v3.core.Jdbi;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** From a recording to a stored transcript. */
@Configuration(proxyBeanMethods = false)
class TranscriptionConfiguration {

    @Bean(destroyMethod = "close")
    VoskTranscriber vosk(CaravoxSettings settings, Decoder decoder) {
        CaravoxSettings.Vosk vosk = settings.vosk();
        int decoders = Sizes.orCores(vosk.decoders());
        return new VoskTranscriber(
                new VoskSettings(
                        vosk.archive(),
                        settings.cache().resolve("models"),
                        vosk.repeatable(),
                        decoders,
                        vosk.callers() == 0 ? decoders : vosk.callers(),
                        vosk.patience()),
                decoder);
    }

    /** The hub is not ready before its recognizer is. */
    @Bean
    SmartInitializingSingleton recognizerReady(VoskTranscriber vosk) {
        return () -> {
            try {
                vosk.awaitModel();
            } catch (IOException e) {
                throw new UncheckedIOException("the speech model cannot be loaded: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Those who transcribe recordings, by name. */
    record Transcribers(Map<String, Transcriber> byName) {}

    @Bean
    Transcribers transcribers(
            CaravoxSettings settings, VoskTranscriber vosk, ProviderClient http, ObjectMapper json, Clock clock) {
        Map<String, Transcriber> byName = new LinkedHashMap<>();
        settings.transcription()
                .providers()
                .forEach((name, entry) -> byName.put(name, transcriber(name, entry, vosk, http, json, clock)));
        return new Transcribers(byName);
    }

    @Bean
    Transcription transcription(
            ChainFactory chains, Transcribers transcribers, TranscriptCache cache, Meter meter, Clock clock) {
        return new Transcription(
                chains.chain(Use.TRANSCRIPTION, transcribers.byName().values()), cache, meter, clock);
    }

    private static Transcriber transcriber(
            String name,
            ProviderEntry entry,
            VoskTranscriber vosk,
            ProviderClient http,
            ObjectMapper json,
            Clock clock) {
        return switch (entry.kindOf(name)) {
            case "vosk" -> vosk;
            case "deepgram" -> new DeepgramTranscriber(entry.remote(name), http, json, clock);
            case "azure" -> new AzureTranscriber(entry.remote(name), http, json, clock);
            case "openai" -> new OpenAiTranscriber(entry.remote(name), http, json, clock);
            default ->
                throw new IllegalArgumentException("caravox.transcription.providers." + name + ".kind \""
                        + entry.kindOf(name) + "\" is not known: use vosk, deepgram, azure, openai");
        };
    }

    @Bean
    ModeChooser modeChooser(CaravoxSettings settings) {
        return new ModeChooser(settings::thresholds);
    }

    @Bean
    Recordings recordings(AudioStore audio, Examiner examiner, RecordingFetch fetch, KeptRecordings uploads) {
        return new Recordings(audio, examiner, fetch, uploads::fetch);
    }

    @Bean
    TranscriptCache transcriptCache(Jdbi database, ObjectMapper json, CaravoxSettings settings, Clock clock) {
        return new TranscriptCache(database, json, settings.transcriptCache(), clock);
    }

    @Bean
    Transcripts transcripts(Jdbi database, ObjectMapper json, Ledger ledger, Events events) {
        return new Transcripts(database, json, ledger, events);
    }

    @Bean
    TranscriptionMetrics transcriptionMetrics(MeterRegistry registry, CaravoxSettings settings) {
        return new TranscriptionMetrics(registry, settings.region());
    }
}
