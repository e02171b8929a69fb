package org.caravox.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.camel.spi.PropertiesFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The property function <code>{{file:PATH:otherwise}}</code>: what a small file holds, as orchestrators mount secrets. */
final class FileSecrets implements PropertiesFunction {

    private static final Logger log = LoggerFactory.getLogger(FileSecrets.class);
    private static final int MOST_BYTES = 64 * 1024;

    @Override
    public String getName() {
        return "file";
    }

    @Override
    public String apply(String remainder) {
        int colon = remainder.indexOf(':');
        String path = colon < 0 ? remainder : remainder.substring(0, colon);
        try {
            if (Files.size(Path.of(path)) > MOST_BYTES) {
                throw new IllegalArgumentException("the file " + path + " is too large for a secret");
            }
            return Files.readString(Path.of(path)).strip();
        } catch (NoSuchFileException e) {
            if (colon < 0) {
                throw new IllegalArgumentException("the file " + path + " does not exist", e);
            }
            return remainder.substring(colon + 1);
        } catch (IOException e) {
            log.warn("secret.unreadable file={} reason={}", path, e.getClass().getSimpleName());
            throw new IllegalArgumentException("the file " + path + " cannot be read", e);
        }
    }
}
