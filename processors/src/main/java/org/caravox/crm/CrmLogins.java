package org.caravox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.caravox.crm.CrmAuth.Kind;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Shows CRMs who we are. Tokens are kept for each connection until they run out or are refused; of many deliveries at
 * once, one fetches a token and the others wait for it.
 */
public final class CrmLogins {

    /** Where the secrets are; empty when there is none by that name, or nobody can tell now. */
    @FunctionalInterface
    public interface Secrets {
        java.util.Optional<String> of(String name);
    }

    /** Sends a form, and returns what it is answered. */
    @FunctionalInterface
    interface Forms {
        CrmAnswer post(URI url, Map<String, String> fields, Deadline deadline);
    }

    /** What an account's requests carry, and the token in it, if there is one. */
    record Shown(Map<String, String> headers, String token) {}

    /** Salesforce does not say how long its tokens live. */
    private static final Duration USUAL_LIFE = Duration.ofHours(1);

    private static final Duration EARLIER = Duration.ofSeconds(30);
    private static final Duration JWT_LIFE = Duration.ofMinutes(3);
    private static final String MASK = "****";

    private final Secrets secrets;
    private final Clock clock;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    public CrmLogins(Secrets secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * The headers of a request.
     *
     * @param body as it is sent
     * @throws Refusal FORBIDDEN when the CRM does not let us in, in its words
     */
    Shown show(CrmConnection crm, byte[] body, Forms forms, Deadline deadline) {
        CrmAuth auth = crm.auth();
        return switch (auth.kind()) {
            case NONE -> new Shown(Map.of(), "");
            case BASIC -> {
                String both = auth.user() + ":" + secret(crm);
                yield shown(auth, "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
            }
            case BEARER -> shown(auth, (auth.header().isEmpty() ? "Bearer " : "") + secret(crm));
            case HMAC -> shown(auth, hmac(secret(crm), body));
            case CLIENT_CREDENTIALS, JWT_BEARER -> {
                String token = session(crm).token(crm, forms, deadline);
                yield new Shown(Map.of("Authorization", "Bearer " + token), token);
            }
        };
    }

    private static Shown shown(CrmAuth auth, String value) {
        return new Shown(Map.of(header(auth), value), "");
    }

    private static String header(CrmAuth auth) {
        String usual = auth.kind() == Kind.HMAC ? "X-Signature" : "Authorization";
        return auth.header().isEmpty() ? usual : auth.header();
    }

    /** The same headers, as they may be shown. */
    Map<String, String> masked(CrmAuth auth) {
        return switch (auth.kind()) {
            case NONE -> Map.of();
            case BASIC -> Map.of(header(auth), "Basic " + MASK);
            case HMAC -> Map.of(header(auth), MASK);
            case BEARER -> Map.of(header(auth), (auth.header().isEmpty() ? "Bearer " : "") + MASK);
            case CLIENT_CREDENTIALS, JWT_BEARER -> Map.of("Authorization", "Bearer " + MASK);
        };
    }

    /** A text of the CRM's, without what it must not hold. */
    String hide(CrmConnection crm, String text) {
        String hidden = crm.auth().secret().isEmpty()
                ? text
                : secrets.of(crm.auth().secret())
                        .map(secret -> text.replace(secret, MASK))
                        .orElse(text);
        String token = session(crm).known();
        return token.isEmpty() ? hidden : hidden.replace(token, MASK);
    }

    /** Forgets a token that was refused, unless there is another one already; empty: whichever there is. */
    void forget(CrmConnection crm, String token) {
        session(crm).forget(token);
    }

    private Session session(CrmConnection crm) {
        return sessions.computeIfAbsent(crm.tenant() + "/" + crm.name(), name -> new Session());
    }

    private String secret(CrmConnection crm) {
        return secrets.of(crm.auth().secret())
                .orElseThrow(() -> new Refusal(
                        Refusal.Reason.FORBIDDEN,
                        "the secret " + crm.auth().secret() + " of the CRM " + crm.name()
                                + " is empty or cannot be had: see caravox.secrets"));
    }

    private static String hmac(String key, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }

    /** A form in the coding of {@code application/x-www-form-urlencoded}. */
    static byte[] encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What one connection is let in with. */
    private final class Session {
        private @Nullable String token;
        private Instant until = Instant.MIN;

        synchronized String token(CrmConnection crm, Forms forms, Deadline deadline) {
            if (token == null || !clock.instant().isBefore(until)) {
                logIn(crm, forms, deadline);
            }
            return Objects.requireNonNull(token);
        }

        synchronized String known() {
            return token == null ? "" : token;
        }

        synchronized void forget(String refused) {
            if (refused.isEmpty() || refused.equals(token)) {
                token = null;
            }
        }

        private void logIn(CrmConnection crm, Forms forms, Deadline deadline) {
            URI url = Objects.requireNonNull(crm.auth().tokenUrl());
            CrmAnswer answer = forms.post(url, form(crm), deadline);
            JsonNode granted = answer.body().path("access_token");
            if (answer.status() != 200 || !granted.isTextual()) {
                throw new Refusal(
                        Refusal.Reason.FORBIDDEN,
                        hide(
                                crm,
                                "the CRM " + crm.name() + " does not let us in: " + url.getHost() + " answered "
                                        + answer.status() + CrmCalls.words(answer.body())));
            }
            token = granted.textValue();
            long seconds = answer.body().path("expires_in").asLong(USUAL_LIFE.toSeconds());
            until = clock.instant().plusSeconds(Math.max(0, seconds)).minus(EARLIER);
        }
    }

    private Map<String, String> form(CrmConnection crm) {
        CrmAuth auth = crm.auth();
        Map<String, String> form = new LinkedHashMap<>();
        if (auth.kind() == Kind.JWT_BEARER) {
            form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            form.put("assertion", assertion(crm));
        } else {
            form.put("grant_type", "client_credentials");
            form.put("client_id", auth.clientId());
            form.put("client_secret", secret(crm));
        }
        if (!auth.scope().isEmpty()) {
            form.put("scope", auth.scope());
        }
        return form;
    }

    private String assertion(CrmConnection crm) {
        CrmAuth auth = crm.auth();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(auth.clientId())
                .subject(auth.user())
                .audience(auth.audience())
                .expirationTime(Date.from(clock.instant().plus(JWT_LIFE)))
                .build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        try {
            token.sign(new RSASSASigner(privateKey(secret(crm))));
        } catch (JOSEException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Refusal(
                    Refusal.Reason.FORBIDDEN,
                    "the secret " + auth.secret() + " of the CRM " + crm.name()
                            + " is no RSA private key of 2048 bits or more in PEM (PKCS #8)");
        }
        return token.serialize();
    }

    private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}
