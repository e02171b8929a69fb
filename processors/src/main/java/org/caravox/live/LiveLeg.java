package org.caravox.live;

/**
 * A connection to one provider that hears one stream. It is used on its loop only, and none of its methods blocks. While
 * it gets no audio it keeps its connection alive by itself.
 */
public interface LiveLeg {

    /** Hears the next bytes, whole sample frames, in the request's form; they are not changed afterwards. */
    void hear(byte[] audio);

    /** Whether it should get no audio now: its way to the provider is full. {@link LiveEar#ready()} tells the end of it. */
    boolean isFull();

    /** Settles what it has heard so far: the words come soon, and will not change. */
    void settle();

    /** No audio follows: what is still open is settled, and then {@link LiveEar#ended()} is told. */
    void end();

    /** Lets go of everything at once. Nothing is told afterwards. Harmless when it has ended. */
    void abort();
}
