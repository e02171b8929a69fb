package org.caravox.audio;

import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Samples that come as they are, of a client that said so. A file that is sent instead is heard as what it is, where its
 * header is read here; otherwise it is refused: it would be noise.
 */
public final class PlainAudio implements AudioIntake {

    private static final byte[] NOTHING = {};

    private final RawAudio form;
    private final PendingBytes first = new PendingBytes();
    private @Nullable AudioIntake known;

    /** @param form what the client said that it sends */
    public PlainAudio(RawAudio form) {
        this.form = form;
    }

    @Override
    public void take(byte[] bytes) {
        AudioIntake intake = known;
        if (intake != null) {
            intake.take(bytes);
            return;
        }
        first.add(bytes);
        if (FileSign.isTold(first)) {
            intake = FileSign.of(first).map(this::file).orElseGet(AudioIntake::plain);
            known = intake;
            intake.take(first.read(first.size()));
        }
    }

    private AudioIntake file(FileSign sign) {
        if (sign == FileSign.WAV && form.encoding() == RawAudio.Encoding.LINEAR16) {
            return new WavStream(form);
        }
        throw new Refusal(
                Refusal.Reason.NOT_AUDIO,
                "the audio begins like " + sign + ", not samples ("
                        + form.encoding().word() + "): decode it"
                        + (HeaderedAudio.reads(sign) ? ", or leave encoding and sample_rate out" : ""));
    }

    @Override
    public boolean isOneChannel() {
        AudioIntake intake = known;
        return intake != null && intake.isOneChannel();
    }

    @Override
    public byte[] next() {
        AudioIntake intake = known;
        return intake == null ? NOTHING : intake.next();
    }
}
