package org.caravox.fakes.vendors;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Names for requests, made fast: nothing depends on them being hard to guess. */
final class Ids {

    private static final long VERSION_4 = 0x0000_0000_0000_4000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private Ids() {}

    static String uuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | VERSION_4;
        return new UUID(high, (random.nextLong() >>> 2) | VARIANT).toString();
    }

    static String of(String prefix) {
        return prefix + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    }
}
