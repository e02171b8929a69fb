package org.caravox.live;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.caravox.transcription.Heard;

/**
 * What remains of a stream.
 *
 * @param request  what was asked
 * @param heard    what was said
 * @param hearers  who heard how much of it: a provider that took over heard some of it again
 * @param warnings what was asked for and not done, in sentences
 * @param fault    why it ended before its time; empty when its client ended it
 */
public record LiveRecord(
        LiveRequest request,
        Heard heard,
        Map<Hearer, Duration> hearers,
        List<String> warnings,
        Optional<LiveFault> fault) {}
