package org.caravox.providers;

/** An open WebSocket to a provider. What is sent goes out in order; nothing blocks. */
public interface ProviderSocket {

    /** Sends a text message. */
    void send(String text);

    /** Sends a binary message; the array is not changed afterwards. */
    void send(byte[] bytes);

    /** Whether so much waits to go out that nothing should be added. */
    boolean isFull();

    /** Says goodbye (code 1000) and closes; the listener is told nothing more. Harmless when it is closed. */
    void close();

    /** Cuts the connection; the listener is told nothing more. Harmless when it is closed. */
    void abort();
}
