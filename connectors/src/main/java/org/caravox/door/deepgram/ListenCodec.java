package org.caravox.door.deepgram;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.caravox.audio.AudioIntake;
import org.caravox.door.live.SessionCodec;
import org.caravox.live.LiveEvent;
import org.caravox.live.LiveFault;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveSession;
import org.caravox.transcription.Transcript;

/** Deepgram's live protocol on one connection. */
final class ListenCodec extends SessionCodec {

    private static final int WELL = 1000;
    private static final int UNDECODABLE = 1008;

    private final MessageDigest digest = sha256();
    private final AudioIntake intake;
    private final int channels;

    ListenCodec(LiveSession session, AudioIntake intake, ObjectMapper json) {
        super(session, intake, json, 0);
        this.intake = intake;
        this.channels = session.request().audio().channels();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    // ---- what the client does
    // -----------------------------------------------------------------------------------------

    /** An empty message ends the stream, as at Deepgram. */
    @Override
    protected void audio(byte[] bytes) {
        if (bytes.length == 0) {
            session().end();
            return;
        }
        digest.update(bytes);
        hear(bytes);
    }

    @Override
    protected void message(String text) {
        switch (type(text).orElse("")) {
            case "Finalize" -> session().settle();
            case "KeepAlive" -> session().keepAlive();
            case "CloseStream" -> session().end();
            default ->
                session()
                        .fail(new LiveFault(
                                LiveFault.Why.NOT_AUDIO,
                                "text messages are KeepAlive, Finalize or CloseStream, as JSON with a type"));
        }
    }

    // ---- what the session tells
    // ---------------------------------------------------------------------------------------

    @Override
    public void tell(long number, LiveEvent event) {
        if (isOneOfTwo()) {
            ofFirst(event).ifPresent(this::tell);
        } else {
            tell(event);
        }
    }

    /** Each channel was to be heard by itself, and the file that came has one. */
    private boolean isOneOfTwo() {
        return channels == 2 && intake.isOneChannel();
    }

    private static Optional<LiveEvent> ofFirst(LiveEvent event) {
        if (event instanceof LiveEvent.Heard heard) {
            return heard.phrase().channel() > 0
                    ? Optional.empty()
                    : Optional.of(new LiveEvent.Heard(heard.phrase(), 1, heard.provider(), heard.model()));
        }
        if (event instanceof LiveEvent.SpeechStarted started) {
            return started.channel() > 0
                    ? Optional.empty()
                    : Optional.of(new LiveEvent.SpeechStarted(0, 1, started.at()));
        }
        if (event instanceof LiveEvent.UtteranceEnd end) {
            return end.channel() > 0
                    ? Optional.empty()
                    : Optional.of(new LiveEvent.UtteranceEnd(0, 1, end.lastWordEnd()));
        }
        return Optional.of(event);
    }

    private void tell(LiveEvent event) {
        if (event instanceof LiveEvent.Heard heard) {
            send(ListenMessages.results(session().request().id(), heard));
        } else if (event instanceof LiveEvent.SpeechStarted started) {
            send(ListenMessages.SpeechStarted.of(started));
        } else if (event instanceof LiveEvent.UtteranceEnd end) {
            send(ListenMessages.UtteranceEnd.of(end));
        } // the protocol has no word for another provider
    }

    @Override
    public void ended(Transcript transcript) {
        LiveRequest request = session().request();
        UUID id = request.id();
        send(ListenMessages.Metadata.of(
                id,
                HexFormat.of().formatHex(digest.digest()),
                request.receivedAt(),
                transcript.duration(),
                isOneOfTwo() ? 1 : channels));
        close(WELL, "");
    }

    @Override
    public void failed(LiveFault fault) {
        switch (fault.why()) {
            case SILENT -> close(1011, "NET-0001: " + fault.message());
            case NOT_AUDIO -> close(UNDECODABLE, "DATA-0000: " + fault.message());
            case NO_PROVIDER, BROKEN -> close(1011, "NET-0000: " + fault.message());
            case HUB_STOPS -> close(1012, fault.message());
            case TOO_LONG, SLOW_READER, KEY_REVOKED, CLOSED_BY_OPERATOR, TAKEN_OVER -> close(1008, fault.message());
        }
    }
}
