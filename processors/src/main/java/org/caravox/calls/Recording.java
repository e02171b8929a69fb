package org.caravox.calls;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.caravox.audio.RawAudio;
import org.caravox.calls.media.MediaLeg;
import org.caravox.recordings.Recorder;
import org.caravox.recordings.TwoParties;

/** What is heard of a call: who called on the left, what they heard on the right. Its state belongs to the loop of their audio. */
final class Recording {

    /** How much later than the other one side may be heard. */
    private static final Duration WITHIN = Duration.ofMillis(500);

    private final Party party;
    private final MediaLeg audio;
    private final TwoParties parties;
    private final Party.Ear ear = this::heard;
    private final Consumer<byte[]> mouth = this::said;
    private final long began = System.nanoTime();

    private Recording(Party party, Recorder recorder) {
        this.party = party;
        this.audio = party.audio();
        this.parties = new TwoParties(recorder, audio.sampleRateHz(), WITHIN);
    }

    /** The form of what is recorded of a party. */
    static RawAudio form(Party party) {
        return new RawAudio(RawAudio.Encoding.LINEAR16, party.audio().sampleRateHz(), 2);
    }

    /** Has everything recorded from now on. */
    static Recording begin(Party party, Recorder recorder) {
        Recording recording = new Recording(party, recorder);
        party.hear(recording.ear);
        party.overhear(recording.mouth);
        return recording;
    }

    private void heard(int line, byte[] pcm) {
        long at = now();
        if (line == 0) {
            parties.hear(0, at, pcm);
        } else if (line == 1) {
            audio.loop().execute(() -> parties.hear(1, at, pcm));
        }
    }

    private void said(byte[] pcm) {
        parties.hear(1, now(), pcm);
    }

    private long now() {
        return (System.nanoTime() - began) / 1_000 * audio.sampleRateHz() / 1_000_000;
    }

    /** Nothing more is heard: the recorder is told so. */
    void end() {
        party.hearNoMore(ear);
        party.overhearNoMore(mouth);
        try {
            audio.loop().execute(() -> parties.end(now()));
        } catch (RejectedExecutionException e) { // the hub stops, and nobody hears anything any more
            parties.end(now());
        }
    }
}
