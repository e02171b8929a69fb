package org.caravox.publishing;

/**
 * A file that an edit changes, and that somebody else has changed since the version that the edit was made from.
 *
 * @param path    the file
 * @param version the version with their change
 * @param diff    their change, in the unified form
 */
public record Conflict(String path, Version version, String diff) {}
