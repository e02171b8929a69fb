package org.caravox.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One recording of a batch.
 *
 * @param item   what the batch is to call it: each once
 * @param file   where it is on this machine; null when the hub is to fetch it
 * @param fields what is said of it, by the names of {@code POST /transcribe}
 */
record BatchItem(String item, @Nullable Path file, Map<String, String> fields) {}
