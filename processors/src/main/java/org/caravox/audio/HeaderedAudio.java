package org.caravox.audio;

import java.util.Optional;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Audio that tells by its first bytes what it is: WAV, Ogg Opus, WebM with Opus; or else samples, where those may come. */
public final class HeaderedAudio implements AudioIntake {

    private static final byte[] NOTHING = {};

    private final RawAudio to;
    private final boolean mayBePlain;
    private final PendingBytes first = new PendingBytes();
    private @Nullable AudioIntake known;

    /**
     * An intake.
     *
     * @param to         what comes out: 16-bit linear, 1 or 2 channels
     * @param mayBePlain whether audio without a header is samples of that form; otherwise it is refused
     */
    public HeaderedAudio(RawAudio to, boolean mayBePlain) {
        this.to = to;
        this.mayBePlain = mayBePlain;
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
            intake = recognized();
            known = intake;
            intake.take(first.read(first.size()));
        }
    }

    @Override
    public byte[] next() {
        AudioIntake intake = known;
        return intake == null ? NOTHING : intake.next();
    }

    @Override
    public boolean isOneChannel() {
        AudioIntake intake = known;
        return intake != null && intake.isOneChannel();
    }

    /** Whether files of a kind are heard. */
    static boolean reads(FileSign sign) {
        return sign == FileSign.OGG || sign == FileSign.WAV || sign == FileSign.WEBM;
    }

    private AudioIntake recognized() {
        Optional<FileSign> sign = FileSign.of(first);
        if (sign.isPresent()) {
            return file(sign.get());
        }
        if (mayBePlain) {
            return AudioIntake.plain();
        }
        throw new Refusal(
                Refusal.Reason.NOT_AUDIO,
                "the audio begins with no known header (WAV, Ogg Opus, WebM): name its encoding and sample_rate");
    }

    private AudioIntake file(FileSign sign) {
        return switch (sign) {
            case OGG -> new OpusStream(to.sampleRateHz(), to.channels());
            case WAV -> new WavStream(to);
            case WEBM -> new WebmStream(to.sampleRateHz(), to.channels());
            case FLAC, MP3, MP4 ->
                throw new Refusal(
                        Refusal.Reason.NOT_AUDIO,
                        "the audio begins like " + sign
                                + ", not a stream: send WAV, Ogg or WebM Opus or samples; files go to /transcribe");
        };
    }
}
