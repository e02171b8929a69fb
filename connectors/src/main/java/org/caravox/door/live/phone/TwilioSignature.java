package org.caravox.door.live.phone;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The header {@code X-Twilio-Signature} of a handshake: HMAC-SHA1 of the address that was called, with the account's auth
 * token. Source: Twilio's "Webhooks security"; a handshake has no parameters that would be signed too.
 */
public final class TwilioSignature {

    private TwilioSignature() {}

    /** The signature of an address. */
    public static String of(String authToken, String url) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(url.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA1", e);
        }
    }

    /**
     * Whether a handshake was signed with the token; the address may have been configured with a slash at its end.
     *
     * @param url the whole address, {@code wss://...}, as Twilio was given it
     */
    public static boolean matches(String authToken, String url, String signature) {
        return same(of(authToken, url), signature) || same(of(authToken, url + "/"), signature);
    }

    private static boolean same(String expected, String signature) {
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
    }
}
