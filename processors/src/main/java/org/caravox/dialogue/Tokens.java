package org.caravox.dialogue;

/**
 * What a message cost in tokens.
 *
 * @param input  of the conversation so far
 * @param output of the message
 */
public record Tokens(long input, long output) {

    /** A provider that does not count: about four characters a token, as OpenAI's own rule of thumb has it. */
    public static Tokens estimate(long inputCharacters, long outputCharacters) {
        return new Tokens((inputCharacters + 3) / 4, (outputCharacters + 3) / 4);
    }
}
