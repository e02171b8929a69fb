package org.caravox.speech;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.caravox.providers.Attempt;
import org.caravox.providers.ErrorAnswer;
import org.caravox.providers.ProviderAnswer;
import org.caravox.providers.ProviderCall;
import org.caravox.providers.ProviderFailure;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;
import org.caravox.providers.ProviderHttp;
import org.caravox.requests.Patience;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How voices that are reached over HTTP get their audio: one call for each part of the text, one after the other. */
public final class AudioOverHttp {

    private static final Logger log = LoggerFactory.getLogger(AudioOverHttp.class);
    private static final int FIRST_BYTES = 4096;

    private final String provider;
    private final ProviderHttp http;
    private final ObjectMapper json;
    private final Clock clock;

    /** @param provider whose audio it is, for failures */
    public AudioOverHttp(String provider, ProviderHttp http, ObjectMapper json, Clock clock) {
        this.provider = provider;
        this.http = http;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Begins to speak; returns with the first bytes of the first part at hand.
     *
     * @param format what comes: with several parts one that can be joined end to end
     * @param parts  of the text, at least one
     * @param call   the call that has one part spoken
     */
    public Spoken speak(Attempt attempt, AudioFormat format, List<String> parts, Function<String, ProviderCall> call)
            throws IOException {
        Parts audio = new Parts(parts.stream().map(call).iterator(), attempt.patience());
        return new Spoken(provider, attempt.model(), format, audio);
    }

    private Part open(ProviderCall call, Patience patience) throws IOException {
        ProviderAnswer answer = http.send(call, patience);
        try {
            check(answer);
            return new Part(answer, first(answer));
        } catch (IOException | RuntimeException e) {
            answer.close();
            throw e;
        }
    }

    private void check(ProviderAnswer answer) {
        if (answer.status() / 100 != 2) {
            ErrorAnswer error = ErrorAnswer.read(provider, answer, json, clock);
            log.info(
                    "speech.refused provider={} status={} their_request={}",
                    provider,
                    answer.status(),
                    theirRequest(answer));
            throw failure(error);
        }
        String type = answer.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (type.startsWith("application/json") || type.startsWith("text/")) {
            throw garbage("answered " + type + " instead of audio");
        }
    }

    /** A full plan is no sickness: others may be asked, and so may this one as soon as one of its calls has ended. */
    private ProviderFailure failure(ErrorAnswer error) {
        ProviderFailure failure = error.failure();
        boolean full = error.status() == 429
                && error.retryAfter() == null
                && error.code().matches("(?s).*(too_many_concurrent_requests|concurrency_limited).*");
        return full
                ? new ProviderBusy(provider, Cause.NO_CAPACITY, String.valueOf(failure.getMessage()), null, null)
                : failure;
    }

    private static String theirRequest(ProviderAnswer answer) {
        return answer.header("x-request-id")
                .or(() -> answer.header("request-id"))
                .or(() -> answer.header("X-RequestId"))
                .orElse("-");
    }

    private byte[] first(ProviderAnswer answer) throws IOException {
        byte[] buffer = new byte[FIRST_BYTES];
        int count = answer.body().read(buffer);
        if (count <= 0) {
            throw garbage("answered without any audio");
        }
        return java.util.Arrays.copyOf(buffer, count);
    }

    private ProviderBusy garbage(String message) {
        return new ProviderBusy(provider, Cause.GARBAGE, message, null, null);
    }

    /** The answer to one call, and those of its bytes that are there already. */
    private static final class Part {
        private final ProviderAnswer answer;
        private final byte[] first;
        private int taken;

        Part(ProviderAnswer answer, byte[] first) {
            this.answer = answer;
            this.first = first;
        }

        int read(byte[] into, int offset, int length) throws IOException {
            if (taken == first.length) {
                return answer.body().read(into, offset, length);
            }
            int count = Math.min(length, first.length - taken);
            System.arraycopy(first, taken, into, offset, count);
            taken += count;
            return count;
        }
    }

    /** One part after the other. Any thread may close it. */
    private final class Parts extends InputStream {
        private final Iterator<ProviderCall> calls;
        private final Patience patience;
        private @Nullable Part part;
        private boolean closed;

        Parts(Iterator<ProviderCall> calls, Patience patience) throws IOException {
            this.calls = calls;
            this.patience = patience;
            this.part = open(calls.next(), patience);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            for (Part current = part(); current != null; current = part()) {
                int count = current.read(into, offset, length);
                if (count >= 0) {
                    return count;
                }
                current.answer.close();
                next(calls.hasNext() ? open(calls.next(), patience) : null);
            }
            return -1;
        }

        private synchronized @Nullable Part part() throws IOException {
            if (closed) {
                throw new IOException("the audio was closed");
            }
            return part;
        }

        private synchronized void next(@Nullable Part next) throws IOException {
            part = next;
            if (closed && next != null) {
                next.answer.close();
                throw new IOException("the audio was closed");
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (part != null) {
                part.answer.close();
            }
        }
    }
}
