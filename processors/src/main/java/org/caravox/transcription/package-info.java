/** From a recording to a stored transcript: mode, provider, record. */
@NullMarked
package org.caravox.transcription;

import org.jspecify.annotations.NullMarked;
