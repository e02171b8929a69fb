package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Proves to others that we know a password. */
final class DigestProof {

    private DigestProof() {}

    /**
     * Adds the proof to a request that is sent again.
     *
     * @return whether there was a challenge that can be met
     */
    static boolean add(SIPRequest again, SIPResponse challenged, Trunk trunk) {
        boolean proxy = challenged.getStatusCode() == 407;
        List<String> challenges = Messages.values(challenged, proxy ? "Proxy-Authenticate" : "WWW-Authenticate");
        Optional<Digest> chosen = challenges.stream()
                .flatMap(value -> Digest.read(value).stream())
                .filter(Digest::isKnown)
                .filter(digest -> digest.field("qop").isEmpty() || takesAuth(digest))
                .max(Comparator.comparing(digest -> digest.algorithm().length())); // SHA-256 before MD5
        chosen.ifPresent(digest -> Messages.header(
                again,
                proxy ? "Proxy-Authorization" : "Authorization",
                proof(digest, trunk, again.getMethod(), again.getRequestURI().toString())));
        return chosen.isPresent();
    }

    private static boolean takesAuth(Digest digest) {
        return List.of(digest.field("qop").toLowerCase(java.util.Locale.ROOT).split("[,\\s]+"))
                .contains("auth");
    }

    private static String proof(Digest digest, Trunk trunk, String method, String uri) {
        String user = trunk.username() == null ? "" : trunk.username();
        String realm = digest.field("realm");
        String nonce = digest.field("nonce");
        boolean counted = takesAuth(digest);
        String cnonce = Messages.random(8);
        String sum = Digest.sum(
                digest.algorithm(),
                user,
                realm,
                trunk.password().get(),
                counted ? nonce + ":00000001:" + cnonce + ":auth" : nonce,
                method,
                uri);
        var value =
                new StringBuilder("Digest username=%s, realm=%s, nonce=%s, uri=\"%s\", response=\"%s\", algorithm=%s"
                        .formatted(
                                Messages.quoted(user),
                                Messages.quoted(realm),
                                Messages.quoted(nonce),
                                uri,
                                sum,
                                digest.algorithm()));
        if (counted) {
            value.append(", qop=auth, nc=00000001, cnonce=\"").append(cnonce).append('"');
        }
        if (!digest.field("opaque").isEmpty()) {
            value.append(", opaque=").append(Messages.quoted(digest.field("opaque")));
        }
        return value.toString();
    }
}
