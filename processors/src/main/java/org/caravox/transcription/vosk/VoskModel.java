package org.caravox.transcription.vosk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vosk.LibVosk;
import org.vosk.LogLevel;
import org.vosk.Model;

/** The one model that all recognizers share, unpacked once into a cache folder. */
final class VoskModel {

    private static final Logger log = LoggerFactory.getLogger(VoskModel.class);
    private static final String PREFIX = "assets/model-en-us/";

    private VoskModel() {}

    /** Unpacks the model if need be, and loads it: about a second, 180 MB. */
    static Model load(VoskSettings settings) throws IOException {
        LibVosk.setLogLevel(LogLevel.WARNINGS);
        return new Model(unpacked(settings).toString());
    }

    private static Path unpacked(VoskSettings settings) throws IOException {
        String name = settings.archive().getFileName().toString().replaceFirst("\\.[a-z]+$", "");
        Path folder = settings.cache().resolve(settings.repeatable() ? name + "-repeatable" : name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(settings.cache());
        Path partial = Files.createTempDirectory(settings.cache(), name);
        try {
            unpack(settings.archive(), partial);
            if (settings.repeatable()) {
                Files.writeString(partial.resolve("conf/mfcc.conf"), "\n--dither=0\n", StandardOpenOption.APPEND);
            }
            log.info("vosk.model.unpacked folder={}", folder);
            return moved(partial, folder);
        } finally {
            delete(partial);
        }
    }

    /** Two hubs may unpack at once: the first to finish wins. */
    private static Path moved(Path partial, Path folder) throws IOException {
        try {
            return Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (Files.isDirectory(folder)) {
                return folder;
            }
            throw e;
        }
    }

    private static void unpack(Path archive, Path into) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (entry.isDirectory() || !entry.getName().startsWith(PREFIX)) {
                    continue;
                }
                Path file =
                        into.resolve(entry.getName().substring(PREFIX.length())).normalize();
                if (!file.startsWith(into)) {
                    throw new IOException(archive + " holds an entry outside its folder: " + entry.getName());
                }
                Files.createDirectories(file.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
