package org.caravox.live;

import org.caravox.providers.ProviderFailure;

/** What a leg tells. Times are seconds from the leg's first audio. All is told on the leg's loop. */
public interface LiveEar {

    /** Words, or their absence in a stretch of audio. */
    void heard(Phrase phrase);

    /** It has heard a channel up to here, and nothing else is to be told of it now. */
    void reached(int channel, double seconds);

    /** It takes audio again after {@link LiveLeg#isFull()}. */
    void ready();

    /** All is told, after {@link LiveLeg#end()}. Nothing follows. */
    void ended();

    /** It cannot go on. Nothing follows. */
    void failed(ProviderFailure failure);
}
