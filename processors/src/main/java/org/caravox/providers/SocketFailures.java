package org.caravox.providers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import org.caravox.providers.ProviderFailure.Cause;
import org.caravox.providers.ProviderFailure.ProviderBusy;

/**
 * What it means that a WebSocket to a provider has ended before its time.
 *
 * @param provider its name
 */
public record SocketFailures(String provider) {

    private static final int MOST_WORDS = 200;

    /** The connection broke. */
    public ProviderBusy broken(IOException why) {
        Cause cause = why instanceof InterruptedIOException
                ? Cause.TIMEOUT
                : why instanceof ProtocolException ? Cause.GARBAGE : Cause.BROKEN_OFF;
        return busy(cause, "broke off (" + why.getClass().getSimpleName() + ")");
    }

    /** Why it failed, in words for operators. */
    public ProviderBusy busy(Cause cause, String said) {
        return new ProviderBusy(provider, cause, said, null, null);
    }

    /** How the provider closed it, in words for operators. */
    public static String closed(int code, String reason) {
        return "closed the stream with " + code + (reason.isEmpty() ? "" : ": " + printable(reason));
    }

    /** What a provider said, shortened and without what cannot be printed. */
    public static String printable(String words) {
        String clean = words.replaceAll("[^\\x20-\\x7e]+", " ");
        return clean.length() > MOST_WORDS ? clean.substring(0, MOST_WORDS) + "..." : clean;
    }
}
