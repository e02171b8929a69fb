/** Anthropic's messages, to which OpenAI-shaped conversations are translated and back. */
@NullMarked
package org.caravox.dialogue.anthropic;

import org.jspecify.annotations.NullMarked;
