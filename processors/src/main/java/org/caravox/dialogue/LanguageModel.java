package org.caravox.dialogue;

import java.io.IOException;
import org.caravox.providers.Attempt;
import org.caravox.providers.Provider;

/** A provider that continues a conversation. */
public interface LanguageModel extends Provider<ChatRequest> {

    /**
     * The next message, whole.
     *
     * @throws org.caravox.providers.ProviderFailure when the provider cannot answer
     * @throws IOException                           when it cannot be reached, breaks off or answers what cannot be read
     */
    Reply reply(ChatRequest request, Attempt attempt) throws IOException, InterruptedException;

    /** The next message piece by piece; returns with the first piece at hand, so that until then others may be asked. */
    ReplyStream stream(ChatRequest request, Attempt attempt) throws IOException, InterruptedException;
}
