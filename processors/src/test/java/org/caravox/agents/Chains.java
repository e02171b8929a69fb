package org.caravox.agents;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveTranscriber;
import org.caravox.live.Phrase;
import org.caravox.providers.Attempt;
import org.caravox.providers.BreakerSettings;
import org.caravox.providers.Chain;
import org.caravox.providers.ChainSettings;
import org.caravox.providers.Lines;
import org.caravox.providers.Models;
import org.caravox.providers.Provider;
import org.caravox.providers.Request;
import org.caravox.providers.Use;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.speech.Voice;
import org.caravox.transcription.Option;

/** Chains of simple providers: one hears a fixed sentence, one says what it is given, one speaks 50 ms a letter. */
final class Chains {

    private Chains() {}

    private static <R extends Request, P extends Provider<R>> Chain<R, P> chain(Use use, Collection<P> providers) {
        String[] names = providers.stream().map(Provider::provider).toArray(String[]::new);
        return new Chain<>(
                use,
                providers,
                name -> new Lines.LineSettings(10, Duration.ofMinutes(1)),
                tenant -> ChainSettings.of(names),
                (one, provider, tenant) -> Optional.empty(),
                new Lines(
                        BreakerSettings.USUAL,
                        new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                        Clock.systemUTC()),
                new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                new Random(1));
    }

    static Chain<LiveRequest, LiveTranscriber> live(String... names) {
        return chain(
                Use.LIVE,
                Arrays.stream(names).<LiveTranscriber>map(Listener::new).toList());
    }

    static Chain<ChatRequest, LanguageModel> dialogue(String... names) {
        return chain(
                Use.DIALOGUE,
                Arrays.stream(names).<LanguageModel>map(Thinker::new).toList());
    }

    static Chain<ChatRequest, LanguageModel> dialogue(Thinker thinker) {
        return chain(Use.DIALOGUE, List.<LanguageModel>of(thinker));
    }

    static Chain<SpeechRequest, Voice> speech(String... names) {
        return chain(Use.SPEECH, Arrays.stream(names).<Voice>map(Speaker::new).toList());
    }

    private record Listener(String provider) implements LiveTranscriber {

        @Override
        public Models models() {
            return Models.of("m");
        }

        @Override
        public boolean needsCredential() {
            return false;
        }

        @Override
        public Optional<String> refuses(LiveRequest request) {
            return Optional.empty();
        }

        @Override
        public Set<Option> honours() {
            return Set.of();
        }

        @Override
        public LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop) {
            return new Leg(request, ear);
        }
    }

    /** Each settling is a sentence. */
    private static final class Leg implements LiveLeg {
        private final LiveRequest request;
        private final LiveEar ear;
        private double heard;
        private double settled;

        Leg(LiveRequest request, LiveEar ear) {
            this.request = request;
            this.ear = ear;
        }

        @Override
        public void hear(byte[] audio) {
            heard += (double) audio.length / request.audio().bytesPerSecond();
        }

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public void settle() {
            ear.heard(new Phrase(0, settled, heard - settled, "Is Friday free?", 1.0, List.of(), true, true, true));
            settled = heard;
        }

        @Override
        public void end() {
            ear.ended();
        }

        @Override
        public void abort() {}
    }

    /** Says what is put in, each a JSON list of pieces. */
    record Thinker(String provider, Queue<List<String>> replies) implements LanguageModel {

        Thinker(String name) {
            this(name, new ConcurrentLinkedQueue<>());
        }

        @Override
        public Models models() {
            return Models.of("m");
        }

        @Override
        public boolean needsCredential() {
            return false;
        }

        @Override
        public Optional<String> refuses(ChatRequest request) {
            return Optional.empty();
        }

        @Override
        public Set<String> cannot(ChatRequest request) {
            return Set.of();
        }

        @Override
        public Reply reply(ChatRequest request, Attempt attempt) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ReplyStream stream(ChatRequest request, Attempt attempt) {
            return new Pieces(provider, new java.util.ArrayDeque<>(replies.remove()));
        }
    }

    private record Pieces(String provider, Queue<String> deltas) implements ReplyStream {

        @Override
        public String model() {
            return "m";
        }

        @Override
        public Optional<ArrayNode> next() throws java.io.IOException {
            if (deltas.isEmpty()) {
                return Optional.empty();
            }
            ArrayNode choices = JsonNodeFactory.instance.arrayNode();
            choices.addObject()
                    .set("delta", new com.fasterxml.jackson.databind.ObjectMapper().readTree(deltas.remove()));
            return Optional.of(choices);
        }

        @Override
        public Tokens tokens() {
            return new Tokens(1, 1);
        }

        @Override
        public boolean counted() {
            return true;
        }

        @Override
        public void close() {}
    }

    private record Speaker(String provider) implements Voice {

        @Override
        public Models models() {
            return Models.of("m");
        }

        @Override
        public boolean needsCredential() {
            return false;
        }

        @Override
        public Optional<String> refuses(SpeechRequest request) {
            return Optional.empty();
        }

        @Override
        public Set<String> cannot(SpeechRequest request) {
            return request.voice() == null ? Set.of() : Set.of("voice");
        }

        @Override
        public AudioFormat delivers(AudioFormat wanted) {
            return wanted;
        }

        @Override
        public Spoken speak(SpeechRequest request, Attempt attempt) {
            int bytes = request.text().length() * request.format().sampleRateHz() / 10;
            return new Spoken(provider, "m", request.format(), new ByteArrayInputStream(new byte[bytes]));
        }
    }
}
