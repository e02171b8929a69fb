package org.caravox.door.live.phone;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The path that a platform calls: {@code /stream/PLATFORM}, or {@code /stream/PLATFORM/KEY} for those that can neither set
 * a header nor pass the key as a parameter of the call. Paths stand in the logs of proxies: a header is better.
 *
 * @param platform who calls
 * @param key      the API key in the path, if one is
 */
public record PhoneAddress(PhonePlatform platform, Optional<String> key) {

    private static final String BEFORE = "/stream/";

    /** Reads a path, decoded and without its query; empty when it is another door's. */
    public static Optional<PhoneAddress> of(String path) {
        if (!path.startsWith(BEFORE)) {
            return Optional.empty();
        }
        String[] parts = path.substring(BEFORE.length()).split("/", 2);
        Optional<String> key = parts.length == 2 && !parts[1].isEmpty() ? Optional.of(parts[1]) : Optional.empty();
        return PhonePlatform.named(parts[0]).map(platform -> new PhoneAddress(platform, key));
    }

    /**
     * The password of a header {@code Authorization: Basic}, which is how Asterisk, jambonz and mod_audio_fork send the key;
     * the user's name means nothing. Empty for any other header.
     */
    public static Optional<String> keyIn(String authorization) {
        String[] parts = authorization.strip().split("\\s+", 2);
        if (parts.length < 2 || !parts[0].equalsIgnoreCase("basic")) {
            return Optional.empty();
        }
        try {
            String pair = new String(Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1)).filter(key -> !key.isEmpty());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return BEFORE + platform.word();
    }
}
