package org.caravox.audio;

import java.nio.file.Path;

/**
 * A recording on this machine's disk that has been examined.
 *
 * @param file where it is
 * @param info what it says of itself
 */
public record Recording(Path file, AudioInfo info) {}
