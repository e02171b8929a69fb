package org.caravox.providers;

import java.util.List;

/**
 * What a chain came back with.
 *
 * @param value    the provider's answer
 * @param provider who gave it
 * @param model    the model that was asked
 * @param warnings what was asked for and is not done, in sentences
 * @param attempts how many providers were asked
 * @param call     for a stream, the call that is still under way; it has ended otherwise
 */
public record Answered<T>(
        T value, String provider, String model, List<String> warnings, int attempts, Line.Call call) {}
