package org.caravox.sip.stack;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The values of a digest header, and the sum over them. Source: RFC 7616, section 3.4; RFC 3261, section 22.4; RFC 8760.
 *
 * @param fields by their names in lower case
 */
record Digest(Map<String, String> fields) {

    private static final Pattern FIELD =
            Pattern.compile("([A-Za-z][\\w-]*)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,\\s\"]+))");

    /** Of {@code Digest a="b", c=d}; empty when it is of another scheme. */
    static Optional<Digest> read(String value) {
        if (!value.regionMatches(true, 0, "Digest ", 0, 7)) {
            return Optional.empty();
        }
        var fields = new HashMap<String, String>();
        FIELD.matcher(value.substring(7))
                .results()
                .limit(40)
                .forEach(found -> fields.putIfAbsent(
                        found.group(1).toLowerCase(Locale.ROOT),
                        found.group(2) == null ? found.group(3) : found.group(2).replaceAll("\\\\(.)", "$1")));
        return Optional.of(new Digest(Map.copyOf(fields)));
    }

    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /** {@code MD5} unless said otherwise. */
    String algorithm() {
        return fields.getOrDefault("algorithm", "MD5").toUpperCase(Locale.ROOT);
    }

    boolean isKnown() {
        return algorithm().equals("MD5") || algorithm().equals("SHA-256");
    }

    /**
     * The sum that proves the password.
     *
     * @param counted {@code nonce:nc:cnonce:auth}, or {@code nonce} alone where no quality of protection was agreed
     */
    static String sum(
            String algorithm, String user, String realm, String password, String counted, String method, String uri) {
        String who = hash(algorithm, user + ":" + realm + ":" + password);
        String what = hash(algorithm, method + ":" + uri);
        return hash(algorithm, who + ":" + counted + ":" + what);
    }

    private static String hash(String algorithm, String text) {
        try {
            byte[] sum = MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Without its sum. */
    @Override
    public String toString() {
        return "digest " + algorithm();
    }
}
