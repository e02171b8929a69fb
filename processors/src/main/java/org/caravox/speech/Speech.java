package org.caravox.speech;

import java.io.FilterInputStream;
import java.io.IOException;
import org.caravox.providers.Answered;
import org.caravox.providers.Chain;
import org.caravox.requests.Patience;

/** Has the chain of voices speak a text. */
public final class Speech {

    private final Chain<SpeechRequest, Voice> chain;

    public Speech(Chain<SpeechRequest, Voice> chain) {
        this.chain = chain;
    }

    /** The chain, for those who list its models. */
    public Chain<SpeechRequest, Voice> chain() {
        return chain;
    }

    /** Speaks, in the very form that is asked for; its usage is recorded when the audio is closed. */
    public Answered<Spoken> speak(SpeechRequest request, Patience patience) throws InterruptedException {
        Answered<Spoken> opened =
                chain.open(request, patience, (provider, attempt) -> provider.speak(request, attempt));
        Spoken spoken = opened.value();
        Spoken watched =
                new Spoken(spoken.provider(), spoken.model(), spoken.format(), new Watched(spoken, opened, patience));
        return new Answered<>(
                watched, opened.provider(), opened.model(), opened.warnings(), opened.attempts(), opened.call());
    }

    /** Tells the line how the audio ended. */
    private static final class Watched extends FilterInputStream {
        private final Answered<Spoken> opened;
        private final Patience patience;

        Watched(Spoken spoken, Answered<Spoken> opened, Patience patience) {
            super(spoken.audio());
            this.opened = opened;
            this.patience = patience;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                int count = in.read(into, offset, length);
                if (count < 0) {
                    opened.call().succeeded();
                }
                return count;
            } catch (IOException | RuntimeException e) {
                if (patience.hangUp().hungUp()) {
                    opened.call().abandoned();
                } else {
                    opened.call().failed(Chain.failure(opened.provider(), e, patience));
                }
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            opened.call().abandoned();
            super.close();
        }
    }
}
