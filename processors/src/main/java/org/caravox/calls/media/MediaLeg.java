package org.caravox.calls.media;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The audio of one party of a call: its ports, its codec, what it says and what it is to hear. Methods may be called from any
 * thread unless they say otherwise.
 */
public interface MediaLeg extends AutoCloseable {

    /** The one thread that all of it is told on. */
    ScheduledExecutorService loop();

    /** Samples a second of what is heard and of what the player takes: 8000 or 16000, fixed with the first answer. */
    int sampleRateHz();

    /** What we offer to the other side. */
    MediaDescription offer(MediaDescription.Direction direction);

    /**
     * Answers an offer, the first or a later one, and goes by it from now on.
     *
     * @throws NoCommonCodec when nothing that is offered can be used, or encryption is demanded that is not offered
     */
    MediaDescription answer(MediaDescription offer) throws NoCommonCodec;

    /**
     * The other side has answered our offer.
     *
     * @throws NoCommonCodec when its answer cannot be used
     */
    void accepted(MediaDescription answer) throws NoCommonCodec;

    /** What the party hears. */
    Player player();

    /**
     * Keys are pressed, after what is queued: RFC 4733 where the party understands it, tones in the audio otherwise.
     *
     * @param digits 0-9, *, #, A-D, and {@code w} for half a second of waiting
     */
    void press(String digits, Duration each);

    /**
     * What each party says is what the other hears, in the engine, without anybody in between; both are still told of it.
     * What is queued in their players is heard mixed over it.
     */
    void join(MediaLeg other);

    /** Ends {@link #join}. */
    void part();

    /** How it goes. */
    MediaStats stats();

    /** Frees the ports, at once. */
    @Override
    void close();
}
