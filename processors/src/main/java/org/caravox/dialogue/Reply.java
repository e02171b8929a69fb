package org.caravox.dialogue;

import com.fasterxml.jackson.databind.node.ArrayNode;

/**
 * The next message of a conversation.
 *
 * @param provider who wrote it
 * @param model    with what
 * @param choices  as in OpenAI's {@code chat.completion}: {@code index}, {@code message}, {@code finish_reason},
 *                 {@code logprobs}
 * @param tokens   what it cost
 * @param counted  whether the provider counted them itself
 */
public record Reply(String provider, String model, ArrayNode choices, Tokens tokens, boolean counted) {}
