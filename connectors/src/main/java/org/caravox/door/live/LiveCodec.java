package org.caravox.door.live;

/**
 * A protocol on one connection: what its frames mean for a session, and what a session's events look like in it. All is
 * told on the connection's loop; nothing may block.
 */
public interface LiveCodec {

    /** The connection is open. */
    void opened(LiveLine line);

    /** A text message came. */
    void text(String text);

    /** A binary message came; the array is the codec's from then on. */
    void binary(byte[] bytes);

    /** The client does not read what it is sent. The codec ends the connection. */
    void slow();

    /** The connection is gone, or was never open. Nothing follows. */
    void closed();
}
