package org.caravox.door.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.caravox.audio.AudioIntake;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveSession;
import org.caravox.live.Phrase;
import org.caravox.transcription.Transcript;
import org.caravox.transcription.Word;
import org.jspecify.annotations.Nullable;

/** The hub's own protocol. Every event has a number, {@code seq}, by which a client that comes back says what it has. */
final class StreamCodec extends SessionCodec {

    /** The first message of a new session; {@code resumeWithin} is in seconds. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Begun(String type, UUID sessionId, long resumeWithin, @Nullable String provider) {}

    /**
     * The first message of one that is taken up again.
     *
     * @param received bytes of samples
     * @param seconds  the same in time, for those who send something else
     */
    record Resumed(String type, UUID sessionId, long received, double seconds) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Said(
            String type,
            long seq,
            String transcript,
            boolean isFinal,
            boolean speechFinal,
            int channel,
            double start,
            double duration,
            @Nullable Double confidence,
            List<Word> words,
            String provider) {}

    record Marked(String type, long seq, int channel, double at) {}

    record Changed(String type, long seq, String from, String to, double at) {}

    record Wrong(String type, String error, String code) {}

    record End(String type, UUID transcriptId, double duration) {}

    private static final int WELL = 1000;

    private final Duration resumeWithin;
    private final boolean isNew;

    StreamCodec(LiveSession session, AudioIntake intake, ObjectMapper json, Duration resumeWithin) {
        super(session, intake, json, 0);
        this.resumeWithin = resumeWithin;
        this.isNew = true;
    }

    /** Takes a session up again. {@code after}: the number of the last event that the client has */
    StreamCodec(LiveSession session, AudioIntake intake, ObjectMapper json, Duration resumeWithin, long after) {
        super(session, intake, json, after);
        this.resumeWithin = resumeWithin;
        this.isNew = false;
    }

    // ---- what the client does
    // -----------------------------------------------------------------------------------------

    @Override
    protected void audio(byte[] bytes) {
        hear(bytes);
    }

    @Override
    protected void message(String text) {
        switch (type(text).orElse("")) {
            case "Finalize" -> session().settle();
            case "KeepAlive" -> session().keepAlive();
            case "CloseStream" -> session().end();
            default ->
                send(new Wrong(
                        "error",
                        "this message is not known: send {\"type\":\"Finalize\"}, {\"type\":\"KeepAlive\"} or"
                                + " {\"type\":\"CloseStream\"}, and audio as binary messages",
                        "unknown_message"));
        }
    }

    // ---- what the session tells
    // ---------------------------------------------------------------------------------------

    @Override
    public void attached(long received) {
        UUID id = session().request().id();
        send(
                isNew
                        ? new Begun(
                                "session",
                                id,
                                resumeWithin.toSeconds(),
                                session().provider().orElse(null))
                        : new Resumed("resumed", id, received, seconds(received)));
    }

    private double seconds(long bytes) {
        return Math.round(1000.0 * bytes / session().request().audio().bytesPerSecond()) / 1000.0;
    }

    @Override
    public void tell(long number, LiveEvent event) {
        if (event instanceof LiveEvent.Heard heard) {
            send(said(number, heard));
        } else if (event instanceof LiveEvent.SpeechStarted started) {
            send(new Marked("speech_started", number, started.channel(), started.at()));
        } else if (event instanceof LiveEvent.UtteranceEnd end) {
            send(new Marked("utterance_end", number, end.channel(), end.lastWordEnd()));
        } else if (event instanceof LiveEvent.ProviderChanged changed) {
            send(new Changed("provider_changed", number, changed.from(), changed.to(), changed.at()));
        }
    }

    private static Said said(long number, LiveEvent.Heard heard) {
        Phrase phrase = heard.phrase();
        return new Said(
                "transcript",
                number,
                phrase.transcript(),
                phrase.settled(),
                phrase.endpoint(),
                phrase.channel(),
                phrase.start(),
                phrase.duration(),
                phrase.confidence(),
                phrase.words(),
                heard.provider());
    }

    @Override
    public void ended(Transcript transcript) {
        send(new End("end", transcript.id(), transcript.duration()));
        close(WELL, "");
    }

    @Override
    public void failed(LiveFault fault) {
        send(new Wrong("error", fault.message(), fault.why().name().toLowerCase(Locale.ROOT)));
        close(code(fault), fault.message());
    }

    /** RFC 6455, section 7.4, and the registry that it makes. */
    private static int code(LiveFault fault) {
        return switch (fault.why()) {
            case SILENT, TOO_LONG, SLOW_READER, KEY_REVOKED, CLOSED_BY_OPERATOR, TAKEN_OVER -> 1008;
            case NOT_AUDIO -> 1007;
            case HUB_STOPS -> 1012;
            case NO_PROVIDER -> 1013;
            case BROKEN -> 1011;
        };
    }
}
