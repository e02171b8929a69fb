package org.caravox.fakes.vendors;

import io.vertx.core.buffer.Buffer;

/**
 * A part of a multipart body.
 *
 * @param name     of the field
 * @param filename empty if it has none
 * @param bytes    length of its content
 * @param content  the beginning of it, at most 64 KiB
 */
public record Part(String name, String filename, long bytes, Buffer content) {}
