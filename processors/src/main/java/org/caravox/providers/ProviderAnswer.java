package org.caravox.providers;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** What came back: status and headers at once, the body as it arrives. Whoever got it closes it. */
public interface ProviderAnswer extends AutoCloseable {

    int status();

    /** The first header of that name, in any case. */
    Optional<String> header(String name);

    /**
     * The body as it arrives. A read fails with an {@link IOException} when the connection breaks, the deadline passes or
     * the caller hangs up.
     */
    InputStream body() throws IOException;

    /**
     * The whole body, which leaves the connection ready for the next call.
     *
     * @param most how many bytes it may have
     * @throws IOException also when it has more
     */
    default byte[] bytes(int most) throws IOException {
        int told = header("Content-Length")
                .filter(length -> length.matches("\\d{1,9}"))
                .map(Integer::parseInt)
                .orElse(most);
        byte[] bytes = body().readNBytes(Math.min(told, most)); // takes no more memory than it has bytes
        if (body().read() >= 0) {
            throw new IOException("the answer is larger than " + most + " bytes");
        }
        return bytes;
    }

    /** Ends it; a body that was not read to its end breaks the connection, which tells the provider to stop. */
    @Override
    void close();
}
