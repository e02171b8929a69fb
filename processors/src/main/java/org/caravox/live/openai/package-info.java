/** OpenAI's realtime transcription, and what speaks the same. */
@NullMarked
package org.caravox.live.openai;

import org.jspecify.annotations.NullMarked;
