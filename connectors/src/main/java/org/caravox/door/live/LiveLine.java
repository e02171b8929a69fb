package org.caravox.door.live;

import java.util.concurrent.ScheduledExecutorService;

/** A client's connection, as its protocol's codec uses it: on its loop only. */
public interface LiveLine {

    /** The one thread on which it is read and written. */
    ScheduledExecutorService loop();

    /** Sends a text message. */
    void text(String text);

    /** Sends a binary message. */
    void binary(byte[] bytes);

    /** Reads no more for now. */
    void pause();

    /** Reads again. */
    void resume();

    /**
     * Ends it, once everything that was sent is out; what the client still sends is not told any more.
     *
     * @param code   1000 is well; the others are those of RFC 6455, section 7.4
     * @param reason a short sentence, or nothing
     */
    void close(int code, String reason);
}
