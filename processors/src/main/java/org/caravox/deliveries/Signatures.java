package org.caravox.deliveries;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Signatures as Standard Webhooks 1.0 says: {@code v1} is HMAC-SHA256, {@code v1a} Ed25519. The private key of the latter
 * is the key of the secret if that has 32 bytes, else its SHA-256.
 */
public final class Signatures {

    private static final String SECRET = "whsec_";
    private static final String PUBLIC = "whpk_";
    private static final int ED25519_BYTES = 32;

    private Signatures() {}

    /**
     * The header {@code webhook-signature}: the signatures of all secrets, in their order.
     *
     * @param secrets    {@code whsec_...}
     * @param asymmetric whether there is to be a {@code v1a} beside each
     */
    public static String of(List<String> secrets, boolean asymmetric, String id, Instant at, String body) {
        try {
            List<String> signatures = new ArrayList<>();
            for (String secret : secrets) {
                signatures.add(new Webhook(secret).sign(id, at.getEpochSecond(), body));
                if (asymmetric) {
                    signatures.add(ed25519(secret, id + "." + at.getEpochSecond() + "." + body));
                }
            }
            return String.join(" ", signatures);
        } catch (EmptyWebhookSecretException | WebhookSigningException | GeneralSecurityException e) {
            throw new IllegalStateException("a stored secret cannot sign", e);
        }
    }

    /** What verifies the {@code v1a} signatures of a secret: {@code whpk_...}. */
    public static String publicKey(String secret) {
        byte[] seed = seed(secret);
        SecureRandom fixed = new SecureRandom() {
            private static final long serialVersionUID = 1;

            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(seed, 0, bytes, 0, bytes.length);
            }
        };
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("Ed25519");
            pairs.initialize(NamedParameterSpec.ED25519, fixed);
            byte[] encoded = pairs.generateKeyPair().getPublic().getEncoded();
            return PUBLIC
                    + Base64.getEncoder()
                            .encodeToString(
                                    Arrays.copyOfRange(encoded, encoded.length - ED25519_BYTES, encoded.length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK knows Ed25519", e);
        }
    }

    private static String ed25519(String secret, String signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed(secret))));
        signature.update(signed.getBytes(StandardCharsets.UTF_8));
        return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
    }

    private static byte[] seed(String secret) {
        byte[] key = Base64.getDecoder().decode(secret.startsWith(SECRET) ? secret.substring(SECRET.length()) : secret);
        try {
            return key.length == ED25519_BYTES
                    ? key
                    : MessageDigest.getInstance("SHA-256").digest(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK knows SHA-256", e);
        }
    }
}
