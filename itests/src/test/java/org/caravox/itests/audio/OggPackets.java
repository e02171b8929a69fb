package org.caravox.itests.audio;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** The Opus packets of an Ogg file, without its two headers. Source: RFC 3533, section 6. */
public final class OggPackets {

    private static final int PAGE_HEADER_BYTES = 27;
    private static final int HEADERS = 2;

    private OggPackets() {}

    public static List<byte[]> in(byte[] ogg) {
        List<byte[]> packets = new ArrayList<>();
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        for (int page = 0; page < ogg.length; ) {
            int segments = ogg[page + PAGE_HEADER_BYTES - 1] & 0xFF;
            int at = page + PAGE_HEADER_BYTES + segments;
            for (int i = 0; i < segments; i++) {
                int length = ogg[page + PAGE_HEADER_BYTES + i] & 0xFF;
                packet.write(ogg, at, length);
                at += length;
                if (length < 255) {
                    packets.add(packet.toByteArray());
                    packet.reset();
                }
            }
            page = at;
        }
        return packets.subList(HEADERS, packets.size());
    }
}
