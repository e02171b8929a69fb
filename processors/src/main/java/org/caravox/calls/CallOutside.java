package org.caravox.calls;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.caravox.calls.media.MediaEngine;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.signalling.Signalling;
import org.caravox.live.LiveSessions;
import org.caravox.recordings.AudioRecorders;
import org.caravox.speech.Speech;
import org.jspecify.annotations.Nullable;

/**
 * What calls are made of.
 *
 * @param wishes  what audio on a trunk is to be like; null is a call without one
 * @param workers threads for what blocks: bounded, what is too much waits
 * @param records threads for the database; the work of one call is done in order
 */
public record CallOutside(
        Signalling signalling,
        MediaEngine media,
        LiveSessions live,
        Speech speech,
        Sounds sounds,
        Agents agents,
        AudioRecorders recorders,
        CallLog log,
        CallMetrics metrics,
        CallSettings settings,
        Function<@Nullable String, MediaWishes> wishes,
        Executor workers,
        Executor records,
        Clock clock) {}
