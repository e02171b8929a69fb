package org.caravox.crm;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the hub shows a CRM who it is.
 *
 * @param kind     in which way
 * @param clientId of OAuth 2.0; else empty
 * @param secret   the name of the secret, never the secret: the client's secret, the private key (PEM, PKCS #8), the
 *                 token, the password or the key of the HMAC; empty where there is none
 * @param user     the user of basic, or whom a JWT is for; else empty
 * @param tokenUrl where OAuth 2.0 hands out tokens; null where there is none
 * @param audience of a JWT; else empty
 * @param scope    of OAuth 2.0; empty: the client's own
 * @param header   what holds the token or the HMAC; empty: {@code Authorization}, or {@code X-Signature} for an HMAC
 */
public record CrmAuth(
        Kind kind,
        String clientId,
        String secret,
        String user,
        @Nullable URI tokenUrl,
        String audience,
        String scope,
        String header) {

    /** The ways. */
    public enum Kind {
        /** Not at all. */
        @JsonProperty("none")
        NONE,
        /** User and password (RFC 7617). */
        @JsonProperty("basic")
        BASIC,
        /** A token that does not change, such as a HubSpot service key; with a header of its own, it stands there bare. */
        @JsonProperty("bearer")
        BEARER,
        /** OAuth 2.0 client credentials (RFC 6749 §4.4). */
        @JsonProperty("client-credentials")
        CLIENT_CREDENTIALS,
        /** OAuth 2.0 JWT bearer (RFC 7523), signed with RS256. */
        @JsonProperty("jwt-bearer")
        JWT_BEARER,
        /** HMAC-SHA256 of the body, in hexadecimal. */
        @JsonProperty("hmac")
        HMAC;

        /** As settings write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static String words(java.util.Collection<Kind> kinds) {
            return Arrays.stream(values())
                    .filter(kinds::contains)
                    .map(Kind::word)
                    .collect(Collectors.joining(", "));
        }
    }

    /** Whether a token is fetched, and can be fetched again when it is refused. */
    public boolean logsIn() {
        return kind == Kind.CLIENT_CREDENTIALS || kind == Kind.JWT_BEARER;
    }
}
