package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.caravox.audio.activity.SileroModel;
import org.caravox.config.CaravoxSettings.ProviderEntry;
import org.caravox.config.ProvidersConfiguration.ChainFactory;
import org.caravox.config.TranscriptionConfiguration.Transcribers;
import org.caravox.door.live.LiveRoutes;
import org.caravox.events.Events;
import org.caravox.live.AudioBlocks;
import org.caravox.live.HandoverTable;
import org.caravox.live.Handovers;
import org.caravox.live.LiveLegs;
import org.caravox.live.LiveMetrics;
import org.caravox.live.LiveOutside;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSessions;
import org.caravox.live.LiveSteps;
import org.caravox.live.LiveTranscriber;
import org.caravox.live.LiveTranscripts;
import org.caravox.live.deepgram.DeepgramLive;
import org.caravox.live.openai.OpenAiLive;
import org.caravox.live.utterances.UtterancesLive;
import org.caravox.live.vosk.VoskLive;
import org.caravox.outbound.NettySockets;
import org.caravox.outbound.Trust;
import org.caravox.providers.Use;
import org.caravox.publishing.SessionPins;
import org.caravox.recordings.AudioRecorders;
import org.caravox.recordings.Recorder;
import org.caravox.recordings.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.Transcripts;
import org.caravox.transcription.vosk.VoskTranscriber;
import org.caravox.usage.Ledger;
import org.caravox.usage.Meter;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Live streams: who hears them, and what the routes do about them. */
@Configuration(proxyBeanMethods = false)
class LiveConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LiveConfiguration.class);

    /** How long the streams of a hub that stops may take to be stored. */
    private static final Duration STORED_WITHIN = Duration.ofSeconds(10);

    /** Those who hear streams. */
    record LiveProviders(List<LiveTranscriber> all) {

        int deepgramConnections() {
            return all.stream()
                    .filter(DeepgramLive.class::isInstance)
                    .mapToInt(one -> ((DeepgramLive) one).connections())
                    .sum();
        }
    }

    /**
     * Threads for what blocks: a provider is opened, an utterance is sent, a route does its work. They are bounded, and
     * what is too much is refused, but for routes, which wait: a transcript is not to be lost.
     */
    record LiveThreads(ThreadPoolExecutor openers, ThreadPoolExecutor senders, ThreadPoolExecutor workers)
            implements AutoCloseable {

        @Override
        public void close() {
            openers.shutdownNow();
            senders.shutdownNow();
            workers.shutdown();
        }
    }

    @Bean(destroyMethod = "close")
    LiveThreads liveThreads() {
        ThreadPoolExecutor workers = threads("live-routes", 16, new LinkedBlockingQueue<>());
        workers.setCorePoolSize(16);
        workers.allowCoreThreadTimeOut(true);
        return new LiveThreads(
                threads("live-openers", 256, new SynchronousQueue<>()),
                threads("live-senders", 512, new SynchronousQueue<>()),
                workers);
    }

    private static ThreadPoolExecutor threads(String name, int most, BlockingQueue<Runnable> waiting) {
        AtomicLong numbers = new AtomicLong();
        return new ThreadPoolExecutor(0, most, 30, TimeUnit.SECONDS, waiting, work -> {
            Thread thread = new Thread(work, name + "-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Bean(destroyMethod = "close")
    NettySockets providerSockets(Trust trust, ObjectMapper json, Clock clock) {
        return new NettySockets(trust, json, clock);
    }

    @Bean
    LiveProviders liveProviders(
            CaravoxSettings settings,
            VoskTranscriber vosk,
            SileroModel silero,
            Transcribers transcribers,
            NettySockets sockets,
            LiveThreads threads,
            ObjectMapper json,
            Clock clock)
            throws IOException {
        Path folder = Files.createDirectories(settings.data().resolve("utterances"));
        List<LiveTranscriber> all = new ArrayList<>();
        settings.live()
                .use()
                .providers()
                .forEach((name, entry) -> all.add(
                        switch (entry.kindOf(name)) {
                            case "vosk" -> new VoskLive(vosk, streams(settings.vosk()), silero);
                            case "deepgram" -> new DeepgramLive(entry.remote(name), sockets, json);
                            case "openai-realtime" -> new OpenAiLive(entry.remote(name), sockets, json);
                            case "utterances" -> utterances(name, transcribers, folder, threads.senders(), clock);
                            default -> throw unknown(name, entry);
                        }));
        return new LiveProviders(List.copyOf(all));
    }

    private static int streams(CaravoxSettings.Vosk vosk) {
        return vosk.streams() == 0 ? VoskLive.streams(Sizes.orCores(vosk.decoders())) : vosk.streams();
    }

    private static LiveTranscriber utterances(
            String name, Transcribers transcribers, Path folder, Executor senders, Clock clock) {
        Transcriber transcriber = transcribers.byName().get(name);
        if (transcriber == null) {
            throw new IllegalArgumentException("caravox.live.providers." + name
                    + " of kind utterances needs a provider of that name in caravox.transcription.providers");
        }
        return new UtterancesLive(transcriber, folder, senders, clock);
    }

    private static IllegalArgumentException unknown(String name, ProviderEntry entry) {
        return new IllegalArgumentException("caravox.live.providers." + name + ".kind \"" + entry.kindOf(name)
                + "\" is not known: use vosk, deepgram, openai-realtime, utterances");
    }

    @Bean
    LiveLegs liveLegs(ChainFactory chains, LiveProviders providers, LiveThreads threads, Clock clock) {
        return new LiveLegs(chains.chain(Use.LIVE, providers.all()), threads.openers(), clock);
    }

    @Bean
    LiveTranscripts liveTranscripts(Jdbi database, Transcripts transcripts, Ledger ledger, Events events, Clock clock) {
        return new LiveTranscripts(database, transcripts, ledger, events, clock, System::nanoTime);
    }

    @Bean
    LiveSteps liveSteps(CamelContext camel, SessionPins versions) {
        return new LiveRoutes(camel.createProducerTemplate(), versions);
    }

    @Bean
    LiveMetrics liveMetrics(MeterRegistry registry) {
        return new LiveMetrics(registry);
    }

    @Bean
    HandoverTable liveHandovers(Jdbi database, ObjectMapper json, LiveSteps steps) {
        return new HandoverTable(database, json, steps);
    }

    @Bean
    LiveSessions liveSessions(
            LiveLegs legs,
            LiveSteps steps,
            Handovers handovers,
            LiveThreads threads,
            LiveMetrics metrics,
            AudioRecorders recorders,
            Meter meter,
            CaravoxSettings settings,
            Clock clock) {
        CaravoxSettings.Live live = settings.live();
        LiveOutside outside = new LiveOutside(
                legs,
                steps,
                threads.workers(),
                metrics,
                live.settings(),
                request -> recorder(request, settings, recorders),
                new AudioBlocks(live.memory().toBytes()),
                System::nanoTime);
        return new LiveSessions(outside, handovers, meter, tenant -> live.sessionsOfTenant(), clock);
    }

    private static Recorder recorder(LiveRequest request, CaravoxSettings settings, AudioRecorders recorders) {
        Boolean wish = request.recorded();
        boolean isRecorded = wish == null ? settings.recordsStreams(request.tenant()) : wish;
        return isRecorded
                ? recorders.begin(
                        new RecordingSource(
                                request.tenant(), RecordingSource.Kind.LIVE, request.id(), request.userId()),
                        request.audio())
                : Recorder.NONE;
    }

    /** A hub that stops tells its streams so, and leaves or stores them, while its routes and its web server are there. */
    @Bean
    SmartLifecycle liveSessionsStop(LiveSessions sessions) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                try {
                    sessions.stop(STORED_WITHIN);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (IllegalStateException e) {
                    log.error("live.stop.incomplete reason=\"{}\"", e.getMessage());
                }
            }

            @Override
            public boolean isRunning() {
                return running;
            }
        };
    }
}
