package org.caravox.providers;

import java.util.List;
import java.util.Set;

/**
 * A provider that could carry out a request.
 *
 * @param model      which of its models would answer
 * @param credential what it would be shown
 * @param line       its breaker
 * @param right      whether the model is the one that was asked for, or none was
 * @param cannot     the options that it would not honour
 * @param warnings   what would have to be said about that
 */
record Candidate<P extends Provider<?>>(
        P provider,
        String model,
        Credential credential,
        Line line,
        double weight,
        boolean right,
        Set<String> cannot,
        List<String> warnings) {}
