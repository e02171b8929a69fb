/** Deepgram, pre-recorded. */
@NullMarked
package org.caravox.transcription.deepgram;

import org.jspecify.annotations.NullMarked;
