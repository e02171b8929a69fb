package org.caravox.audio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.caravox.requests.Deadline;
import org.caravox.requests.Refusal;

/** Recordings on disk while they wait for their transcript: one file a request, named by the request's id. */
public final class AudioStore {

    /**
     * A recording that has arrived.
     *
     * @param bytes  its size
     * @param sha256 its hash, in hexadecimal
     */
    public record Stored(long bytes, String sha256) {}

    private static final String PARTIAL = ".partial";
    private static final int BUFFER_BYTES = 64 * 1024;

    private final AudioSettings settings;
    private final DiskReserve reserve;

    public AudioStore(AudioSettings settings, DiskReserve reserve) throws IOException {
        this.settings = settings;
        this.reserve = reserve;
        Files.createDirectories(settings.folder());
        Files.setPosixFilePermissions(settings.folder(), PosixFilePermissions.fromString("rwx------"));
    }

    /**
     * Writes a recording as it arrives, and counts while it does.
     *
     * @throws Refusal TOO_LARGE as soon as the limit is passed, TIMED_OUT when it is still arriving at the deadline,
     *                 OVERLOADED when the disk has no room for it
     */
    public Stored keep(UUID request, InputStream in, Deadline deadline) throws IOException {
        Path partial = begin(request);
        MessageDigest sha256 = sha256();
        try {
            long bytes;
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(partial), sha256)) {
                bytes = copy(in, out, deadline);
            }
            done(partial, request);
            return new Stored(bytes, HexFormat.of().formatHex(sha256.digest()));
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private long copy(InputStream in, OutputStream out, Deadline deadline) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long bytes = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes += count;
            checkSize(bytes);
            if (deadline.passed()) {
                throw new Refusal(
                        Refusal.Reason.TIMED_OUT,
                        "the recording was still arriving after " + bytes + " bytes when its time was up");
            }
            reserve.check();
            out.write(buffer, 0, count);
        }
        return bytes;
    }

    /**
     * An empty file for a recording that is written elsewhere; it is nobody's until it is {@link #done}.
     *
     * @throws Refusal OVERLOADED when the disk has no room for it
     */
    public Path begin(UUID request) throws IOException {
        reserve.check();
        return Files.createTempFile(settings.folder(), request + ".", PARTIAL);
    }

    /**
     * Goes on only when the disk has room.
     *
     * @throws Refusal OVERLOADED
     */
    public void checkRoom() {
        reserve.check();
    }

    /** A recording is whole: from now on it is there. */
    public void done(Path partial, UUID request) throws IOException {
        Files.move(partial, file(request), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Writes a recording that was taken in before, on this hub or another; it is there as a whole or not at all.
     *
     * @throws Refusal OVERLOADED when the disk has no room for it
     */
    public void bring(UUID request, Iterator<byte[]> parts) throws IOException {
        Path partial = begin(request);
        try {
            try (OutputStream out = Files.newOutputStream(partial)) {
                while (parts.hasNext()) {
                    reserve.check();
                    out.write(parts.next());
                }
            }
            done(partial, request);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Refuses a size that is over the limit, whether claimed or counted. */
    public void checkSize(long bytes) {
        if (bytes > settings.maxBytes()) {
            throw new Refusal(
                    Refusal.Reason.TOO_LARGE, "the recording is over the limit of " + settings.maxBytes() + " bytes");
        }
    }

    /** Makes sure that a recording survives a loss of power: called before a job is promised. */
    public void secure(UUID request) throws IOException {
        try (FileChannel channel = FileChannel.open(file(request), StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** A request goes on under another id. */
    public void rename(UUID from, UUID to) throws IOException {
        if (!from.equals(to) && Files.exists(file(from))) {
            Files.move(file(from), file(to), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    public Path file(UUID request) {
        return settings.folder().resolve(request.toString());
    }

    public void drop(UUID request) throws IOException {
        Files.deleteIfExists(file(request));
    }

    /** The requests whose recordings were last written before a moment: what a crash may have left behind. */
    public List<UUID> keptBefore(Instant moment) throws IOException {
        dropPartials(moment);
        List<UUID> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(settings.folder(), "????????-????-????-????-????????????")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(moment)) {
                    found.add(UUID.fromString(file.getFileName().toString()));
                }
            }
        }
        return found;
    }

    private void dropPartials(Instant moment) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(settings.folder(), "*" + PARTIAL)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(moment)) {
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
