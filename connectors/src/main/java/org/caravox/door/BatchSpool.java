package org.caravox.door;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;

/** Lists of items on disk while they are read: nothing of one is kept in memory. */
public final class BatchSpool {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final String ENDING = ".jsonl";

    /**
     * A list that has arrived.
     *
     * @param file   where it is
     * @param sha256 its hash, in hexadecimal
     */
    record Spooled(Path file, String sha256) {}

    private final Path folder;
    private final long maxBytes;
    private final int maxItems;

    /**
     * The lists of one hub.
     *
     * @param folder   where they are
     * @param maxBytes the largest
     * @param maxItems how many items one may have
     */
    public BatchSpool(Path folder, long maxBytes, int maxItems) throws IOException {
        if (maxItems < 1) {
            throw new IllegalArgumentException("caravox.batches.max-items must be at least 1, was " + maxItems);
        }
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.maxItems = maxItems;
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    /** Refuses a size that is over the limit, whether claimed or counted. */
    void checkSize(long bytes) {
        if (bytes > maxBytes) {
            throw new Refusal(
                    Refusal.Reason.TOO_LARGE,
                    "the batch is over the limit of " + maxBytes + " bytes: send it in several");
        }
    }

    /**
     * Writes a list as it arrives, and counts while it does.
     *
     * @throws Refusal TOO_LARGE as soon as a limit is passed, TIMED_OUT when it is still arriving at the deadline
     */
    Spooled keep(InputStream in, Deadline deadline) throws IOException {
        Path file = Files.createTempFile(folder, "batch-", ENDING);
        MessageDigest sha256 = sha256();
        boolean whole = false;
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), sha256)) {
            copy(in, out, deadline);
            whole = true;
        } finally {
            if (!whole) {
                Files.deleteIfExists(file);
            }
        }
        return new Spooled(file, HexFormat.of().formatHex(sha256.digest()));
    }

    private void copy(InputStream in, OutputStream out, Deadline deadline) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long bytes = 0;
        int items = 0;
        boolean blank = true;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes += count;
            checkSize(bytes);
            if (deadline.passed()) {
                throw new Refusal(
                        Refusal.Reason.TIMED_OUT,
                        "the batch was still arriving after " + bytes + " bytes when its time was up");
            }
            for (int i = 0; i < count; i++) {
                byte each = buffer[i];
                if (each == '\n') {
                    blank = true;
                } else if (blank && each != ' ' && each != '\t' && each != '\r') {
                    blank = false;
                    checkItems(++items);
                }
            }
            out.write(buffer, 0, count);
        }
    }

    private void checkItems(int items) {
        if (items > maxItems) {
            throw new Refusal(
                    Refusal.Reason.TOO_LARGE,
                    "the batch has more than " + maxItems + " items: send it in several; nothing of it was kept");
        }
    }

    /** Removes what a crash has left behind. */
    public void clean(Instant before) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
