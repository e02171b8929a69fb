package org.caravox.transcription;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.caravox.audio.AudioInfo;
import org.caravox.audio.AudioStore;
import org.caravox.audio.Examiner;
import org.caravox.audio.Recording;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Finds the recordings of requests: on this hub's disk, or at the address that the caller gave. */
public final class Recordings {

    /** Brings the recording that was given as an address onto this hub's disk. */
    @FunctionalInterface
    public interface Fetch {

        /**
         * Fetches it.
         *
         * @throws org.caravox.requests.Refusal when the address does not give it
         */
        void fetch(TranscriptionRequest request, Listening listening) throws InterruptedException;
    }

    /** Brings an upload that is kept elsewhere onto this hub's disk. */
    @FunctionalInterface
    public interface Uploads {

        /**
         * Fetches it, unless it is there.
         *
         * @throws Refusal LOST when it cannot be had any more
         */
        void fetch(UUID request) throws IOException;
    }

    private final AudioStore audio;
    private final Examiner examiner;
    private final Fetch fetch;
    private final Uploads uploads;

    public Recordings(AudioStore audio, Examiner examiner, Fetch fetch, Uploads uploads) {
        this.audio = audio;
        this.examiner = examiner;
        this.fetch = fetch;
        this.uploads = uploads;
    }

    /** Where the recording of a request is; nothing is fetched yet. */
    public RecordingSource source(
            @Body TranscriptionRequest request, @ExchangeProperty("listening") Listening listening) {
        return new Source(request, listening);
    }

    private final class Source implements RecordingSource {
        private final TranscriptionRequest request;
        private final Listening listening;
        private @Nullable Path file;
        private @Nullable Recording recording;

        Source(TranscriptionRequest request, Listening listening) {
            this.request = request;
            this.listening = listening;
        }

        @Override
        public Optional<URI> url() {
            return Optional.ofNullable(request.audioUrl());
        }

        @Override
        public Path file() throws IOException, InterruptedException {
            Path known = file;
            if (known == null) {
                if (request.uploaded()) {
                    uploads.fetch(request.id());
                } else {
                    fetch.fetch(request, listening);
                }
                known = audio.file(request.id());
                if (!Files.exists(known)) {
                    throw new Refusal(
                            Refusal.Reason.LOST, "the recording of " + request.id() + " is not on this hub's disk");
                }
                file = known;
            }
            return known;
        }

        /** What was not examined at the door is examined here. */
        @Override
        public Recording recording() throws IOException, InterruptedException {
            Recording known = recording;
            if (known == null) {
                known = find();
                recording = known;
            }
            return known;
        }

        private Recording find() throws IOException, InterruptedException {
            AudioInfo info = request.audio();
            return info != null ? new Recording(file(), info) : examiner.examine(file());
        }
    }
}
