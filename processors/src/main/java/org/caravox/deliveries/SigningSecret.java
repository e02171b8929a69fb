package org.caravox.deliveries;

import java.security.SecureRandom;
import java.util.Base64;
import org.caravox.requests.Refusal;

/** The secrets of Standard Webhooks 1.0: {@code whsec_} and the standard Base64 of 24 to 64 bytes. */
public final class SigningSecret {

    private static final String PREFIX = "whsec_";
    private static final int BYTES = 32;
    private static final int LEAST = 24;
    private static final int MOST = 64;
    private static final SecureRandom CHANCE = new SecureRandom();

    private SigningSecret() {}

    /** A new one, by chance. */
    public static String next() {
        byte[] bytes = new byte[BYTES];
        CHANCE.nextBytes(bytes);
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Looks at one that somebody brings along.
     *
     * @throws Refusal INVALID, which does not show it
     */
    public static String check(String secret) {
        if (!secret.startsWith(PREFIX)) {
            throw Refusal.invalid("secret must begin with " + PREFIX);
        }
        try {
            int length = Base64.getDecoder().decode(secret.substring(PREFIX.length())).length;
            if (length < LEAST || length > MOST) {
                throw Refusal.invalid("secret must be " + PREFIX + " and the Base64 of " + LEAST + " to " + MOST
                        + " bytes, was that of " + length);
            }
            return secret;
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    "secret must be in standard Base64 after " + PREFIX + ": A-Z, a-z, 0-9, + and /, with = at its end",
                    null,
                    e);
        }
    }
}
