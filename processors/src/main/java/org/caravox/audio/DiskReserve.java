package org.caravox.audio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.caravox.requests.Refusal;

/**
 * What is kept free of a disk. Whatever could wait outside stays outside when the disk runs full, so that what is inside
 * already has room to be finished.
 *
 * @param folder a folder on the disk
 * @param bytes  how much is kept free
 */
public record DiskReserve(Path folder, long bytes) {

    private static final long MB = 1024 * 1024;
    private static final Duration COME_BACK_IN = Duration.ofSeconds(10);

    /** What is wrong, in a sentence for callers; empty when there is room. */
    public Optional<String> shortage() {
        long free = folder.toFile().getUsableSpace();
        return free >= bytes
                ? Optional.empty()
                : Optional.of("the hub's disk is nearly full: " + free / MB + " MB are free, and " + bytes / MB
                        + " MB are to stay so");
    }

    /**
     * Goes on only when there is room.
     *
     * @throws Refusal OVERLOADED
     */
    public void check() {
        shortage().ifPresent(what -> {
            throw new Refusal(
                    Refusal.Reason.OVERLOADED, "no recording can be taken in now: " + what, COME_BACK_IN, null);
        });
    }
}
