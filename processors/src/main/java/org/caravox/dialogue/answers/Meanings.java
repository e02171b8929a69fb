package org.caravox.dialogue.answers;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.caravox.requests.Patience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What texts mean, as vectors of length 1: the nearer, the more alike. 5 ms of a core for a sentence. */
final class Meanings {

    private static final Logger log = LoggerFactory.getLogger(Meanings.class);
    private static final String NATIVES = "DJL_CACHE_DIR";

    private final EmbeddingModel model;
    private final Semaphore places =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()), true);

    private Meanings(EmbeddingModel model) {
        this.model = model;
    }

    /** Loads the model: half a second, 174 MB. */
    static Meanings load(Path cache) throws IOException {
        long began = System.nanoTime();
        Files.createDirectories(cache);
        if (System.getenv(NATIVES) == null && System.getProperty(NATIVES) == null) {
            System.setProperty(NATIVES, cache.toString());
        }
        Meanings meanings = new Meanings(new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run));
        log.info("answers.model.loaded ms={}", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        return meanings;
    }

    /** For a caller who waits: at most as many at a time as there are cores. */
    float[] of(String text, Patience patience) throws IOException, InterruptedException {
        if (!places.tryAcquire(patience.deadline().left().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedIOException("the meaning of the question was not found in time");
        }
        try {
            return of(text);
        } finally {
            places.release();
        }
    }

    float[] of(String text) {
        float[] vector = model.embed(text).content().vector();
        double length = Math.sqrt(alike(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / length);
        }
        return vector;
    }

    /** The cosine of the angle between two vectors of length 1. */
    static double alike(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
