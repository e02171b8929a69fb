package org.caravox.audio;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Reads all that an intake makes of bytes. */
final class Intakes {

    private Intakes() {}

    /** They come in chunks of that many bytes. */
    static byte[] all(AudioIntake intake, byte[] bytes, int chunk) {
        ByteArrayOutputStream samples = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; from += chunk) {
            intake.take(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk)));
            for (byte[] next = intake.next(); next.length > 0; next = intake.next()) {
                samples.writeBytes(next);
            }
        }
        return samples.toByteArray();
    }
}
