package org.caravox.live.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.caravox.audio.RawAudio;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.Phrase;
import org.caravox.providers.AnswerFields;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderRejected;
import org.caravox.providers.ProviderSocket;
import org.caravox.providers.ProviderSockets;
import org.caravox.providers.SocketFailures;
import org.caravox.transcription.Word;
import org.caravox.transcription.deepgram.DeepgramWords;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Deepgram. While no audio comes it says KeepAlive, as Deepgram closes a connection that is silent for
 * ten seconds; since KeepAlive alone is not enough before the first audio, a moment of silence goes first then, and the
 * times that are told are put right.
 */
final class DeepgramLeg implements LiveLeg, ProviderSockets.Listener {

    private static final long IDLE_SECONDS = 4;
    private static final String KEEP_ALIVE = "{\"type\":\"KeepAlive\"}";
    private static final String FINALIZE = "{\"type\":\"Finalize\"}";
    private static final String CLOSE = "{\"type\":\"CloseStream\"}";

    private static final int UNDECODABLE = 1008;
    private static final int WELL = 1000;

    private final AnswerFields fields;
    private final SocketFailures failures;
    private final RawAudio audio;
    private final LiveEar ear;
    private final ScheduledExecutorService loop;
    private final ObjectMapper json;
    private final AtomicInteger connections;

    private @Nullable ProviderSocket socket;
    private @Nullable Future<?> keepingAlive;
    private double ahead;
    private boolean heardAny;
    private boolean idle;
    private boolean ending;
    private boolean over;

    DeepgramLeg(
            String provider,
            RawAudio audio,
            LiveEar ear,
            ScheduledExecutorService loop,
            ObjectMapper json,
            AtomicInteger connections) {
        this.fields = new AnswerFields(provider);
        this.failures = new SocketFailures(provider);
        this.audio = audio;
        this.ear = ear;
        this.loop = loop;
        this.json = json;
        this.connections = connections;
    }

    // ---- what the session does
    // ----------------------------------------------------------------------------------------

    @Override
    public void hear(byte[] bytes) {
        ProviderSocket open = socket;
        if (open == null || bytes.length == 0) { // an empty message would end the stream
            return;
        }
        heardAny = true;
        idle = false;
        open.send(bytes);
    }

    @Override
    public boolean isFull() {
        ProviderSocket open = socket;
        return open != null && open.isFull();
    }

    @Override
    public void settle() {
        say(FINALIZE);
    }

    @Override
    public void end() {
        ending = true;
        say(CLOSE);
    }

    private void say(String message) {
        ProviderSocket open = socket;
        if (open != null) {
            open.send(message);
        }
    }

    @Override
    public void abort() {
        ProviderSocket open = socket;
        letGo();
        if (open != null) {
            open.close();
        }
    }

    private void keepAlive() {
        if (idle && !ending) {
            if (!heardAny) {
                heardAny = true;
                beginWithSilence();
            }
            say(KEEP_ALIVE);
        }
        idle = true;
    }

    private void beginWithSilence() {
        byte[] silence = new byte[audio.bytesPerSecond() / 10 / audio.frameBytes() * audio.frameBytes()];
        Arrays.fill(silence, audio.encoding().silence());
        ahead = (double) silence.length / audio.bytesPerSecond();
        ProviderSocket open = socket;
        if (open != null) {
            open.send(silence);
        }
    }

    private void letGo() {
        if (socket != null) {
            connections.decrementAndGet();
        }
        socket = null;
        over = true;
        Future<?> timer = keepingAlive;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    // ---- what Deepgram does
    // -------------------------------------------------------------------------------------------

    @Override
    public void opened(ProviderSocket open) {
        if (over) {
            open.abort();
            return;
        }
        socket = open;
        connections.incrementAndGet();
        keepingAlive = loop.scheduleWithFixedDelay(this::keepAlive, IDLE_SECONDS, IDLE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void text(String message) {
        if (over) {
            return;
        }
        try {
            told(json.readTree(message));
        } catch (IOException e) {
            failed(fields.garbage("told what is no JSON"));
        } catch (ProviderFailure e) {
            failed(e);
        }
    }

    private void told(JsonNode message) {
        switch (fields.text(message, "type")) {
            case "Results" -> results(message);
            case "Metadata" -> {
                if (ending) {
                    ended();
                }
            }
            case "Error" -> failed(failures.busy(Cause.SERVER_ERROR, said(message)));
            default -> {} // what was not asked for
        }
    }

    private static String said(JsonNode message) {
        String words =
                message.path("description").asText(message.path("message").asText());
        return "told of an error: " + SocketFailures.printable(words);
    }

    private void results(JsonNode message) {
        JsonNode best = message.at("/channel/alternatives/0");
        JsonNode confidence = best.path("confidence");
        String transcript = fields.text(best, "transcript");
        List<Word> words = DeepgramWords.read(fields, best.path("words"));
        Phrase phrase = new Phrase(
                message.at("/channel_index/0").asInt(),
                fields.number(message, "start"),
                fields.number(message, "duration"),
                transcript,
                confidence.isNumber() && !transcript.isEmpty() ? confidence.doubleValue() : null,
                words,
                message.path("is_final").asBoolean(),
                message.path("speech_final").asBoolean(),
                message.path("from_finalize").asBoolean());
        ear.heard(ahead == 0 ? phrase : phrase.later(-ahead));
    }

    @Override
    public void binary(byte[] message) {
        if (!over) {
            failed(fields.garbage("sent binary messages"));
        }
    }

    @Override
    public void writable() {
        if (!over) {
            ear.ready();
        }
    }

    @Override
    public void closed(int code, String reason) {
        if (over) {
            return;
        }
        if (ending && code == WELL) {
            ended();
            return;
        }
        failed(failure(code, SocketFailures.closed(code, reason)));
    }

    private ProviderFailure failure(int code, String said) {
        if (code == UNDECODABLE) {
            return new ProviderRejected(fields.provider(), said);
        }
        Cause why = said.contains("NET-0000")
                ? Cause.SERVER_ERROR
                : said.contains("NET-0001") ? Cause.TIMEOUT : Cause.BROKEN_OFF;
        return failures.busy(why, said);
    }

    @Override
    public void broken(IOException why) {
        if (!over) {
            failed(failures.broken(why));
        }
    }

    private void ended() {
        abort();
        ear.ended();
    }

    private void failed(ProviderFailure failure) {
        abort();
        ear.failed(failure);
    }
}
