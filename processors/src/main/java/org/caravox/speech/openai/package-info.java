/** The voices of OpenAI, and of whoever serves the same API. */
@NullMarked
package org.caravox.speech.openai;

import org.jspecify.annotations.NullMarked;
