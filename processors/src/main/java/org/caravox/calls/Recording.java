package org.caravox.calls;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.caravox.audio.RawAudio;
import org.caravox.calls.media.MediaLeg;
import org.caravox.recordings.AudioRecorders;
import org.caravox.recordings.RecordingSource;
import org.caravox.recordings.RecordingSource.Kind;
import org.caravox.recordings.TwoParties;

/** The recording of a call: who called on the left, what they heard on the right. Its state belongs to the loop of their audio. */
final class Recording {

    /** How much later than the other one side may be heard. */
    private static final Duration WITHIN = Duration.ofMillis(500);

    private final MediaLeg audio;
    private final TwoParties parties;
    private final long began = System.nanoTime();

    private Recording(MediaLeg audio, TwoParties parties) {
        this.audio = audio;
        this.parties = parties;
    }

    /** Records a call from now on. */
    static Recording begin(CallRequest call, Party party, AudioRecorders recorders) {
        MediaLeg audio = party.audio();
        int rate = audio.sampleRateHz();
        RawAudio form = new RawAudio(RawAudio.Encoding.LINEAR16, rate, 2);
        RecordingSource source = new RecordingSource(call.tenant(), Kind.CALL, call.id(), call.userId());
        Recording recording = new Recording(audio, new TwoParties(recorders.begin(source, form), rate, WITHIN));
        party.hear((line, pcm) -> {
            long at = recording.now();
            if (line == 0) {
                recording.parties.hear(0, at, pcm);
            } else if (line == 1) {
                audio.loop().execute(() -> recording.parties.hear(1, at, pcm));
            }
        });
        party.overhear(pcm -> recording.parties.hear(1, recording.now(), pcm));
        return recording;
    }

    private long now() {
        return (System.nanoTime() - began) / 1_000 * audio.sampleRateHz() / 1_000_000;
    }

    /** Nothing more is heard: what was recorded is kept, and told of. */
    void end() {
        try {
            audio.loop().execute(() -> parties.end(now()));
        } catch (RejectedExecutionException e) { // the hub stops, and nobody hears anything any more
            parties.end(now());
        }
    }
}
