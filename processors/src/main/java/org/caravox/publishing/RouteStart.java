package org.caravox.publishing;

/**
 * What a hub starts with.
 *
 * @param version its number
 * @param files   all of it
 */
public record RouteStart(long version, RouteFiles files) {}
