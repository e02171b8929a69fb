package org.caravox.calls.media;

/** Two parties have no form of audio in common. */
public final class NoCommonCodec extends Exception {

    private static final long serialVersionUID = 1;

    /** @param message what each of them has, in a sentence */
    public NoCommonCodec(String message) {
        super(message);
    }
}
