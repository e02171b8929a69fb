package org.caravox.fakes;

/**
 * What a station has seen since it was last reset.
 *
 * @param requests     all requests
 * @param answered     requests whose answer was sent to its end
 * @param disconnected requests whose caller went away before
 * @param connections  TCP connections on which a request came
 * @param open         those of them that are open now
 */
public record Counters(long requests, long answered, long disconnected, long connections, int open) {}
