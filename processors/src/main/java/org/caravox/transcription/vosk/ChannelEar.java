package org.caravox.transcription.vosk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.caravox.transcription.Utterance;
import org.caravox.transcription.Word;
import org.vosk.Model;
import org.vosk.Recognizer;

/**
 * Listens to one channel. It owns its recognizer: one thread at a time, closed once, because anything else aborts the
 * process. A recognizer's memory grows with what it has heard, so at the end of an utterance an old one is replaced.
 */
public final class ChannelEar implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAMPLE_BYTES = 2;
    private static final int RENEW_AFTER_SECONDS = 60;

    private final Model model;
    private final int sampleRateHz;
    private final int channel;
    private final List<Utterance> utterances = new ArrayList<>();
    private Recognizer recognizer;
    private long samplesBefore;
    private long samplesHeard;
    private boolean betweenUtterances;
    private boolean closed;

    ChannelEar(Model model, int sampleRateHz, int channel) throws IOException {
        this.model = model;
        this.sampleRateHz = sampleRateHz;
        this.channel = channel;
        this.recognizer = newRecognizer();
    }

    private Recognizer newRecognizer() throws IOException {
        Recognizer fresh = new Recognizer(model, sampleRateHz);
        fresh.setWords(true);
        return fresh;
    }

    /** Hears a slice of signed 16-bit little-endian PCM. */
    public synchronized void hear(byte[] pcm, int length) throws IOException {
        if (closed) {
            return;
        }
        if (betweenUtterances) {
            betweenUtterances = false;
            renewIfOld();
        }
        boolean utteranceEnded = recognizer.acceptWaveForm(pcm, length);
        samplesHeard += length / SAMPLE_BYTES;
        if (utteranceEnded) {
            keep(recognizer.getResult());
        }
    }

    /** The words of the utterance that is still open, as they seem now; empty when nothing is said. */
    public synchronized String partial() throws IOException {
        return closed
                ? ""
                : JSON.readTree(recognizer.getPartialResult()).path("partial").asText();
    }

    /** Ends the utterance that is open, if any, here and now; what follows is another. */
    public synchronized void settle() throws IOException {
        if (!closed) {
            keep(recognizer.getFinalResult());
        }
    }

    /**
     * Ends the utterance that is open, if any, with the pause at its end, in which another may have begun.
     *
     * @param pause the end of what was heard; what of it comes after the last word is heard again, so that the next words are
     *              found with some silence before them
     */
    public synchronized void settle(byte[] pause) throws IOException {
        settle();
        double lastWord =
                utterances.isEmpty() ? 0 : utterances.get(utterances.size() - 1).end();
        long afterLastWord = Math.max(0, samplesHeard - Math.round(lastWord * sampleRateHz));
        int again = (int) Math.min(pause.length / SAMPLE_BYTES, afterLastWord);
        samplesHeard -= again;
        samplesBefore -= again;
        hear(Arrays.copyOfRange(pause, pause.length - again * SAMPLE_BYTES, pause.length), again * SAMPLE_BYTES);
    }

    /** The utterances that have ended since they were taken last. */
    public synchronized List<Utterance> take() {
        List<Utterance> ended = List.copyOf(utterances);
        utterances.clear();
        return ended;
    }

    /** How much was heard, in seconds. */
    public synchronized double position() {
        return (double) samplesHeard / sampleRateHz;
    }

    /** Ends the recording; what was still open becomes the last utterance. */
    synchronized List<Utterance> end() throws IOException {
        settle();
        return utterances;
    }

    private void renewIfOld() throws IOException {
        if (samplesHeard - samplesBefore < (long) RENEW_AFTER_SECONDS * sampleRateHz) {
            return;
        }
        Recognizer fresh = newRecognizer();
        recognizer.close();
        recognizer = fresh;
        samplesBefore = samplesHeard;
    }

    private void keep(String result) throws IOException {
        betweenUtterances = true;
        JsonNode heard = JSON.readTree(result);
        List<Word> words = new ArrayList<>();
        double offset = (double) samplesBefore / sampleRateHz;
        for (JsonNode word : heard.path("result")) {
            words.add(new Word(
                    word.path("word").asText(),
                    milliseconds(offset + word.path("start").asDouble()),
                    milliseconds(offset + word.path("end").asDouble()),
                    Math.max(0, Math.min(1, word.path("conf").asDouble()))));
        }
        if (!words.isEmpty()) {
            utterances.add(new Utterance(
                    channel,
                    words.get(0).start(),
                    words.get(words.size() - 1).end(),
                    heard.path("text").asText(),
                    words));
        }
    }

    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            recognizer.close();
        }
    }
}
