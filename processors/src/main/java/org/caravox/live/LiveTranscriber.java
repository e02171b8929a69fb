package org.caravox.live;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.caravox.providers.Attempt;
import org.caravox.providers.Provider;
import org.caravox.transcription.Option;

/** A speech-to-text provider that hears while somebody speaks. */
public interface LiveTranscriber extends Provider<LiveRequest> {

    /** The options that it honours. */
    Set<Option> honours();

    @Override
    default Set<String> cannot(LiveRequest request) {
        return request.options().wished().stream()
                .filter(option -> option != Option.CACHE && !honours().contains(option))
                .map(Option::word)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The language in which it hears a request, BCP 47; {@code und} when it does not tell. */
    default String language(LiveRequest request) {
        return Objects.requireNonNullElse(request.language(), "und");
    }

    /** Whether it tells words apart, with their times: what it hears again can be left out only then. */
    default boolean tellsWords() {
        return true;
    }

    /**
     * Opens a leg; blocks until the provider takes audio. The leg takes the request's own form of audio and converts it
     * where its provider wants another.
     *
     * @param ear  told what is heard, on {@code loop}; nothing is told before the leg has been given audio, but for a
     *             failure
     * @param loop one thread, on which the leg is used from then on
     * @throws org.caravox.providers.ProviderFailure when the provider is at fault
     * @throws IOException                           when it cannot be reached
     */
    LiveLeg open(LiveRequest request, Attempt attempt, LiveEar ear, ScheduledExecutorService loop)
            throws IOException, InterruptedException;
}
