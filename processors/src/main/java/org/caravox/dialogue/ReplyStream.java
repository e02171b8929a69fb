package org.caravox.dialogue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Optional;

/** A message that is being written. It is handed out once its first piece is there; whoever has it closes it. */
public interface ReplyStream extends AutoCloseable {

    /** Who writes it. */
    String provider();

    /** With what. */
    String model();

    /**
     * The next piece: {@code choices} as in OpenAI's {@code chat.completion.chunk} ({@code index}, {@code delta}, {@code
     * finish_reason}); empty at the end.
     *
     * @throws org.caravox.providers.ProviderFailure when the provider tells of a failure in the stream
     * @throws IOException                           when it breaks off
     */
    Optional<ArrayNode> next() throws IOException;

    /** What it has cost so far; all of it after the end. */
    Tokens tokens();

    /** Whether the provider counted them itself. */
    boolean counted();

    /** Ends it; before its end, the provider is told to stop by breaking the connection. */
    @Override
    void close();
}
