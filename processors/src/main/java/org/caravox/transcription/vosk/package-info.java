/** Embedded speech-to-text by Vosk. */
@NullMarked
package org.caravox.transcription.vosk;

import org.jspecify.annotations.NullMarked;
