package org.caravox.sip.stack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gov.nist.javax.sip.message.SIPRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has others prove that they know a password: nonces carry their time and are signed, so that none is remembered before it was
 * used, and none is good twice.
 */
final class DigestCheck {

    /** How long a nonce is good. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** What came of a proof. */
    enum Outcome {
        PROVEN,
        /** There was none. */
        MISSING,
        /** It may be right, but the nonce is too old, or was used. */
        STALE,
        WRONG
    }

    private final Clock clock;
    private final SecretKeySpec key;
    private final Cache<String, Long> used =
            Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(FRESH).build();

    DigestCheck(Clock clock) {
        this.clock = clock;
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** Values of WWW-Authenticate, the one that we like best first (RFC 8760, section 2.3). */
    List<String> challenges(String realm, boolean stale) {
        String nonce = nonce(clock.instant());
        String rest = "Digest realm=%s, nonce=\"%s\", qop=\"auth\"%s, algorithm="
                .formatted(Messages.quoted(realm), nonce, stale ? ", stale=TRUE" : "");
        return List.of(rest + "SHA-256", rest + "MD5");
    }

    Outcome check(SIPRequest request, Trunk trunk) {
        Optional<Digest> given = Messages.values(request, "Authorization").stream()
                .flatMap(value -> Digest.read(value).stream())
                .findFirst();
        if (given.isEmpty()) {
            return Outcome.MISSING;
        }
        Digest digest = given.get();
        Optional<Instant> made = made(digest.field("nonce"));
        if (made.isEmpty() || !digest.isKnown() || !isRight(digest, request.getMethod(), trunk)) {
            return Outcome.WRONG;
        }
        boolean fresh = made.get().plus(FRESH).isAfter(clock.instant()) && isNewlyUsed(digest);
        return fresh ? Outcome.PROVEN : Outcome.STALE;
    }

    /** The user name that somebody claims. */
    static Optional<String> user(SIPRequest request) {
        return Messages.values(request, "Authorization").stream()
                .flatMap(value -> Digest.read(value).stream())
                .map(digest -> digest.field("username"))
                .findFirst();
    }

    private static boolean isRight(Digest digest, String method, Trunk trunk) {
        if (!digest.field("username").equals(trunk.username())
                || !digest.field("realm").equals(trunk.realm())) {
            return false;
        }
        String nonce = digest.field("nonce");
        boolean counted = digest.field("qop").equals("auth");
        String sum = Digest.sum(
                digest.algorithm(),
                digest.field("username"),
                digest.field("realm"),
                trunk.password().get(),
                counted ? nonce + ":" + digest.field("nc") + ":" + digest.field("cnonce") + ":auth" : nonce,
                method,
                digest.field("uri"));
        return MessageDigest.isEqual(bytes(sum), bytes(digest.field("response")));
    }

    /** Each use of a nonce must count higher than the one before. */
    private boolean isNewlyUsed(Digest digest) {
        String text = digest.field("nc");
        long count = text.matches("[0-9a-fA-F]{1,8}") ? Long.parseLong(text, 16) : 1;
        boolean[] higher = {false};
        used.asMap().compute(digest.field("nonce"), (nonce, before) -> {
            higher[0] = before == null || count > before;
            return higher[0] ? Long.valueOf(count) : before;
        });
        return higher[0];
    }

    private String nonce(Instant at) {
        byte[] stamped = ByteBuffer.allocate(16)
                .putLong(at.toEpochMilli())
                .putLong(new SecureRandom().nextLong())
                .array();
        byte[] signature = signature(stamped);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(32)
                        .put(stamped)
                        .put(signature, 0, 16)
                        .array());
    }

    private Optional<Instant> made(String nonce) {
        if (!nonce.matches("[A-Za-z0-9_-]{43}")) {
            return Optional.empty();
        }
        byte[] decoded = Base64.getUrlDecoder().decode(nonce);
        byte[] stamped = java.util.Arrays.copyOf(decoded, 16);
        byte[] signature = java.util.Arrays.copyOf(signature(stamped), 16);
        return MessageDigest.isEqual(signature, java.util.Arrays.copyOfRange(decoded, 16, 32))
                ? Optional.of(Instant.ofEpochMilli(ByteBuffer.wrap(stamped).getLong()))
                : Optional.empty();
    }

    private byte[] signature(byte[] stamped) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            return mac.doFinal(stamped);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
