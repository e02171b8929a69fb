package org.caravox.sip.stack;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A carrier, or whatever else stands between the hub and telephones.
 *
 * @param name          how routes and records call it
 * @param addresses     {@code host} or {@code host:port}, in the order in which they are tried; none for one that only rings us
 * @param transport     {@code udp}, {@code tcp} or {@code tls}
 * @param allowed       networks (CIDR) or single addresses that it rings from; its {@code addresses} always may
 * @param username      of the digest, both ways; null when there is none
 * @param password      told when it is needed; a secret
 * @param domain        of the addresses of numbers and of the digest that we demand; null is the first of {@code addresses}
 * @param registrar     {@code host} or {@code host:port} at which we register; null when it needs no registration
 * @param registerEvery how long a registration is asked for
 * @param demandsDigest whether calls of its must prove that they know the password (RFC 3261 section 22, RFC 8760)
 * @param headers       of outgoing calls that routes may set, beside those that begin with {@code X-}
 * @param number        shown when a call names none; null is the user name
 */
public record Trunk(
        String name,
        List<String> addresses,
        String transport,
        List<String> allowed,
        @Nullable String username,
        Supplier<String> password,
        @Nullable String domain,
        @Nullable String registrar,
        Duration registerEvery,
        boolean demandsDigest,
        List<String> headers,
        @Nullable String number) {

    /** How long a registration is asked for unless settings say otherwise. */
    public static final Duration REGISTER_EVERY = Duration.ofMinutes(10);

    public Trunk {
        addresses = List.copyOf(addresses);
        allowed = List.copyOf(allowed);
        headers = List.copyOf(headers);
    }

    /** One without digest and registration. */
    public static Trunk open(String name, List<String> addresses, String transport, List<String> allowed) {
        return new Trunk(
                name,
                addresses,
                transport,
                allowed,
                null,
                () -> "",
                null,
                null,
                REGISTER_EVERY,
                false,
                List.of(),
                null);
    }

    /** The domain of the addresses of numbers; empty when nothing says so. */
    Optional<String> domainOfNumbers() {
        return Optional.ofNullable(domain)
                .or(() -> addresses.stream().findFirst().map(address -> HostPort.of(address)
                        .host()));
    }

    /** What it asks for by a digest demanded of it. */
    String realm() {
        return domainOfNumbers().orElse(name);
    }

    /** What we show when nothing is said. */
    String shown() {
        if (number != null) {
            return number;
        }
        return username == null ? "caravox" : username;
    }

    /** Without its secret. */
    @Override
    public String toString() {
        return name;
    }
}
