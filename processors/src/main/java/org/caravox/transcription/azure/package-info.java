/** Azure Speech, fast transcription. */
@NullMarked
package org.caravox.transcription.azure;

import org.jspecify.annotations.NullMarked;
