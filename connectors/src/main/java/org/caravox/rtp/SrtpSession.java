package org.caravox.rtp;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.srtp.crypto.Aes;
import org.jitsi.utils.ByteArrayBuffer;
import org.jitsi.utils.logging2.LoggerImpl;
import org.jspecify.annotations.Nullable;

/** One direction of encrypted audio and its reports, under one key. Sources: RFC 3711, RFC 4568, RFC 7714. */
final class SrtpSession implements AutoCloseable {

    private static final String AES_80 = "AES_CM_128_HMAC_SHA1_80";
    private static final String AES_32 = "AES_CM_128_HMAC_SHA1_32";
    private static final String GCM = "AEAD_AES_128_GCM";

    /** What we offer, the best first. */
    static final List<String> SUITES = List.of(AES_80, AES_32, GCM);

    /** What encryption adds to a packet at most. */
    static final int MOST_ADDED = 32;

    private static final int KEY_BYTES = 16;
    private static final int SALT_BYTES = 14;
    private static final int GCM_SALT_BYTES = 12;
    private static final SecureRandom RANDOM = new SecureRandom();

    static {
        // Else it times every provider for ten seconds, in the first encrypted call. This one is the quickest anyhow.
        Aes.setFactoryClassName("SunJCE");
        loadAll();
    }

    private final SrtpContextFactory contexts;
    private final PacketBytes bytes = new PacketBytes();
    private @Nullable SrtpCryptoContext rtp;
    private @Nullable SrtcpCryptoContext rtcp;
    private int rtpSsrc;
    private int rtcpSsrc;

    SrtpSession(boolean sender, SrtpKey key) {
        byte[] secret = decoded(key);
        boolean gcm = key.suite().equals(GCM);
        contexts = new SrtpContextFactory(
                sender,
                Arrays.copyOf(secret, KEY_BYTES),
                Arrays.copyOfRange(secret, KEY_BYTES, secret.length),
                policy(gcm, key.suite().equals(AES_32) ? 4 : 10),
                // RFC 3711, section 5.2: reports keep the long tag.
                policy(gcm, 10),
                new LoggerImpl(SrtpSession.class.getName()));
    }

    /** Before a loop that carries calls has to wait for it. */
    private static void loadAll() {
        for (String suite : SUITES) {
            try (SrtpSession session = new SrtpSession(true, new SrtpKey(1, suite, newKey(suite)))) {
                byte[] packet = new byte[64 + MOST_ADDED];
                RtpPacket.write(packet, false, 0, 0, 0, 1);
                session.protect(packet, 64);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("encrypted audio does not work here: " + suite, e);
            }
        }
    }

    private static SrtpPolicy policy(boolean gcm, int tagBytes) {
        return gcm
                ? new SrtpPolicy(
                        SrtpPolicy.AESGCM_ENCRYPTION, KEY_BYTES, SrtpPolicy.NULL_AUTHENTICATION, 0, 16, GCM_SALT_BYTES)
                : new SrtpPolicy(
                        SrtpPolicy.AESCM_ENCRYPTION,
                        KEY_BYTES,
                        SrtpPolicy.HMACSHA1_AUTHENTICATION,
                        20,
                        tagBytes,
                        SALT_BYTES);
    }

    static boolean isUsable(SrtpKey key) {
        if (!SUITES.contains(key.suite())) {
            return false;
        }
        try {
            return decoded(key).length == keyBytes(key.suite());
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** A key that nobody has had. */
    static String newKey(String suite) {
        byte[] key = new byte[keyBytes(suite)];
        RANDOM.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private static int keyBytes(String suite) {
        return KEY_BYTES + (suite.equals(GCM) ? GCM_SALT_BYTES : SALT_BYTES);
    }

    /** Lifetime and key number may follow the key. */
    private static byte[] decoded(SrtpKey key) {
        String inline = key.inline();
        int end = inline.indexOf('|');
        return Base64.getDecoder().decode(end < 0 ? inline : inline.substring(0, end));
    }

    /** Encrypts in place; gives the new length. */
    int protect(byte[] packet, int length) throws GeneralSecurityException {
        bytes.set(packet, length);
        rtp(RtpPacket.int32(packet, 8)).transformPacket(bytes);
        return bytes.length;
    }

    /** Checks and decrypts in place; gives the new length, -1 when it is not authentic or was there before. */
    int unprotect(byte[] packet, int length) throws GeneralSecurityException {
        int ssrc = RtpPacket.int32(packet, 8);
        SrtpCryptoContext context = rtp != null && rtpSsrc == ssrc ? rtp : contexts.deriveContext(ssrc, 0);
        bytes.set(packet, length);
        if (context.reverseTransformPacket(bytes, false) != SrtpErrorStatus.OK) {
            return -1;
        }
        // Only now: a forged source must not push out the real one's counters.
        rtp = context;
        rtpSsrc = ssrc;
        return bytes.length;
    }

    int protectReport(byte[] packet, int length) throws GeneralSecurityException {
        bytes.set(packet, length);
        rtcp(RtpPacket.int32(packet, 4)).transformPacket(bytes);
        return bytes.length;
    }

    int unprotectReport(byte[] packet, int length) throws GeneralSecurityException {
        int ssrc = RtpPacket.int32(packet, 4);
        SrtcpCryptoContext context = rtcp != null && rtcpSsrc == ssrc ? rtcp : contexts.deriveControlContext(ssrc);
        bytes.set(packet, length);
        if (context.reverseTransformPacket(bytes) != SrtpErrorStatus.OK) {
            return -1;
        }
        rtcp = context;
        rtcpSsrc = ssrc;
        return bytes.length;
    }

    private SrtpCryptoContext rtp(int ssrc) throws GeneralSecurityException {
        SrtpCryptoContext context = rtp;
        if (context == null || rtpSsrc != ssrc) {
            context = contexts.deriveContext(ssrc, 0);
            rtp = context;
            rtpSsrc = ssrc;
        }
        return context;
    }

    private SrtcpCryptoContext rtcp(int ssrc) throws GeneralSecurityException {
        SrtcpCryptoContext context = rtcp;
        if (context == null || rtcpSsrc != ssrc) {
            context = contexts.deriveControlContext(ssrc);
            rtcp = context;
            rtcpSsrc = ssrc;
        }
        return context;
    }

    /** Forgets the key. */
    @Override
    public void close() {
        contexts.close();
    }

    /** A packet at the beginning of an array that has room for more. */
    private static final class PacketBytes implements ByteArrayBuffer {

        private byte[] array = {};
        private int length;

        void set(byte[] packet, int count) {
            array = packet;
            length = count;
        }

        @Override
        public byte[] getBuffer() {
            return array;
        }

        @Override
        public int getOffset() {
            return 0;
        }

        @Override
        public int getLength() {
            return length;
        }

        @Override
        public void setLength(int count) {
            length = count;
        }

        @Override
        public void setOffset(int offset) {
            throw new UnsupportedOperationException("a packet begins where its array begins");
        }

        @Override
        public boolean isInvalid() {
            return false;
        }

        @Override
        public void readRegionToBuff(int offset, int count, byte[] target) {
            System.arraycopy(array, offset, target, 0, count);
        }

        @Override
        public void grow(int more) {
            if (length + more > array.length) {
                throw new IllegalStateException("no room for " + more + " bytes more");
            }
        }

        @Override
        public void append(byte[] data, int count) {
            grow(count);
            System.arraycopy(data, 0, array, length, count);
            length += count;
        }

        @Override
        public void shrink(int fewer) {
            length = Math.max(0, length - fewer);
        }
    }
}
