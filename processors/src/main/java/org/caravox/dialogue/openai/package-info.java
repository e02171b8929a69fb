/** Any server that speaks OpenAI's chat completions: OpenAI itself, vLLM, TGI and others. */
@NullMarked
package org.caravox.dialogue.openai;

import org.jspecify.annotations.NullMarked;
