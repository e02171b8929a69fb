package org.caravox.speech;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import org.caravox.providers.ChainSettings;
import org.jspecify.annotations.Nullable;

/** What makes two requests sound the same: all that is asked, by whom, and the settings that decide who speaks. */
final class SpeechKey {

    private final MessageDigest digest;

    private SpeechKey() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** @param edition changes when a provider's settings do */
    static String of(SpeechRequest request, ChainSettings chain, String edition) {
        SpeechKey key = new SpeechKey();
        key.add(edition);
        key.add(chain.choose().name());
        for (ChainSettings.Link link : chain.links()) {
            key.add(link.provider());
            key.add(link.model());
            key.add(new TreeMap<>(link.models()).toString());
        }
        key.add(request.tenant());
        key.add(request.provider());
        key.add(request.model());
        key.add(request.voice());
        key.add(request.text());
        key.add(request.language());
        key.add(request.otherSpeed().map(String::valueOf).orElse(null));
        key.add(request.instructions());
        key.add(request.format().toString());
        return HexFormat.of().formatHex(key.digest.digest());
    }

    /** With its length, so that no two lists of parts look alike. */
    private void add(@Nullable String part) {
        byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
        digest.update(
                ByteBuffer.allocate(4).putInt(part == null ? -1 : bytes.length).array());
        digest.update(bytes);
    }
}
