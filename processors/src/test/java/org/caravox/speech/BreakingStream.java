package org.caravox.speech;

import java.io.IOException;
import java.io.InputStream;

/** What is left of a connection that was cut. */
final class BreakingStream extends InputStream {

    @Override
    public int read() throws IOException {
        throw new IOException("cut");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        throw new IOException("cut");
    }
}
