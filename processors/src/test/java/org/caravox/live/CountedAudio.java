package org.caravox.live;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.caravox.audio.RawAudio;
import org.caravox.transcription.Word;

/** Audio in which the words can be seen: samples of the value n are the word {@code wordn}, a quarter of a second long. */
public final class CountedAudio {

    /** What a word and the pause after it take. */
    public static final double WORD_SECONDS = 0.3;

    /** The form of what is loud; at this rate nobody need change it. */
    public static final RawAudio LOUD = new RawAudio(RawAudio.Encoding.LINEAR16, 24_000, 1);

    private static final int RATE = 8_000;

    private CountedAudio() {}

    /** Its form. */
    public static RawAudio form(int channels) {
        return new RawAudio(RawAudio.Encoding.LINEAR16, RATE, channels);
    }

    /** So many words on each channel, in chunks of a tenth of a second; those of channel c begin at 100 c + 1. */
    public static List<byte[]> chunks(int words, int channels) {
        return chunks(words, 0, form(channels));
    }

    /** So many words from 1001 on, loud enough to be taken for speech, on one channel. */
    public static List<byte[]> loud(int words) {
        return chunks(words, 1_000, LOUD);
    }

    /** The same on each channel; those of channel c begin at 100 c + 1001. */
    public static List<byte[]> loud(int words, int channels) {
        return chunks(words, 1_000, loudForm(channels));
    }

    /** The form of what is loud on several channels. */
    public static RawAudio loudForm(int channels) {
        return new RawAudio(LOUD.encoding(), LOUD.sampleRateHz(), channels);
    }

    /** The words that are in samples of one channel, with their times. */
    public static List<Word> words(byte[] pcm, int sampleRateHz) {
        ByteBuffer samples = ByteBuffer.wrap(pcm).order(ByteOrder.LITTLE_ENDIAN);
        List<Word> words = new ArrayList<>();
        int since = 0;
        for (int at = 1; at <= pcm.length / 2; at++) {
            int before = samples.getShort(2 * (at - 1));
            if (at == pcm.length / 2 || samples.getShort(2 * at) != before) {
                if (before != 0) {
                    words.add(new Word("word" + before, (double) since / sampleRateHz, (double) at / sampleRateHz, 1));
                }
                since = at;
            }
        }
        return words;
    }

    private static List<byte[]> chunks(int words, int before, RawAudio form) {
        int wordFrames = (int) (WORD_SECONDS * form.sampleRateHz());
        ByteBuffer pcm =
                ByteBuffer.allocate(words * wordFrames * form.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; frame < words * wordFrames; frame++) {
            int word = before + frame / wordFrames + 1;
            for (int channel = 0; channel < form.channels(); channel++) {
                pcm.putShort((short) (frame % wordFrames < form.sampleRateHz() / 4 ? 100 * channel + word : 0));
            }
        }
        List<byte[]> chunks = new ArrayList<>();
        int each = form.bytesPerSecond() / 10;
        for (int at = 0; at < pcm.capacity(); at += each) {
            chunks.add(Arrays.copyOfRange(pcm.array(), at, Math.min(pcm.capacity(), at + each)));
        }
        return chunks;
    }

    /** The words of these numbers. */
    public static List<String> words(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> "word" + number)
                .toList();
    }
}
