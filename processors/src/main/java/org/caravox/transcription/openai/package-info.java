/** OpenAI's transcription, and whatever speaks the same: Whisper servers, Speaches, vLLM, LiteLLM. */
@NullMarked
package org.caravox.transcription.openai;

import org.jspecify.annotations.NullMarked;
