package org.caravox.config;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.Reply;
import org.caravox.dialogue.ReplyStream;
import org.caravox.dialogue.Tokens;
import org.caravox.providers.Attempt;
import org.caravox.providers.Models;
import org.caravox.providers.Provider;
import org.caravox.providers.Request;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Spoken;
import org.caravox.speech.Voice;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Listening;
import org.caravox.transcription.Option;
import org.caravox.transcription.RecordingSource;
import org.caravox.transcription.Transcriber;
import org.caravox.transcription.TranscriptionRequest;

/** Plays a provider that needs no credential and takes everything. */
interface PlayedProvider<R extends Request> extends Provider<R> {

    /** What it is called. */
    String PROVIDER = "somebody";

    @Override
    default String provider() {
        return PROVIDER;
    }

    @Override
    default Models models() {
        return Models.of("m");
    }

    @Override
    default boolean needsCredential() {
        return false;
    }

    @Override
    default Optional<String> refuses(R request) {
        return Optional.empty();
    }

    @Override
    default Set<String> cannot(R request) {
        return Set.of();
    }

    /** A recording is as long as the request says, and has no words. */
    final class Recogniser implements PlayedProvider<TranscriptionRequest>, Transcriber {
        boolean failing;

        @Override
        public Set<Option> honours() {
            return Set.of();
        }

        @Override
        public Set<String> cannot(TranscriptionRequest request) {
            return Set.of();
        }

        @Override
        public Heard transcribe(
                TranscriptionRequest request, RecordingSource recording, Listening listening, Attempt attempt)
                throws IOException {
            if (failing) {
                throw new IOException("broken off");
            }
            Duration length = requireNonNull(request.audioDuration());
            return new Heard(PROVIDER, attempt.model(), "en", length, 1, List.of());
        }
    }

    /** It counts 30 and 20 tokens at the end; until then it says nothing. */
    final class Writer implements PlayedProvider<ChatRequest>, LanguageModel {
        boolean breaksOff;

        @Override
        public Reply reply(ChatRequest request, Attempt attempt) {
            return new Reply(PROVIDER, "m-2026", JsonNodeFactory.instance.arrayNode(), new Tokens(30, 20), true);
        }

        @Override
        public ReplyStream stream(ChatRequest request, Attempt attempt) {
            Queue<ArrayNode> pieces = new ArrayDeque<>(List.of(piece("0123456789"), piece("!")));
            return new ReplyStream() {
                private boolean ended;

                @Override
                public String provider() {
                    return PROVIDER;
                }

                @Override
                public String model() {
                    return "m-2026";
                }

                @Override
                public Optional<ArrayNode> next() throws IOException {
                    if (breaksOff && pieces.size() == 1) {
                        throw new IOException("broken off");
                    }
                    ended = pieces.isEmpty();
                    return Optional.ofNullable(pieces.poll());
                }

                @Override
                public Tokens tokens() {
                    return ended ? new Tokens(30, 20) : new Tokens(0, 0);
                }

                @Override
                public boolean counted() {
                    return true;
                }

                @Override
                public void close() {}
            };
        }

        private ArrayNode piece(String text) {
            ArrayNode choices = JsonNodeFactory.instance.arrayNode();
            choices.addObject().putObject("delta").put("content", text);
            return choices;
        }
    }

    /** It says the same to everything. */
    final class Speaker implements PlayedProvider<SpeechRequest>, Voice {
        @Override
        public AudioFormat delivers(AudioFormat wanted) {
            return wanted;
        }

        @Override
        public Spoken speak(SpeechRequest request, Attempt attempt) {
            return new Spoken(PROVIDER, attempt.model(), request.format(), new ByteArrayInputStream(new byte[100]));
        }
    }
}
