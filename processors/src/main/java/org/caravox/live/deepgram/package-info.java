/** Deepgram, live. */
@NullMarked
package org.caravox.live.deepgram;

import org.jspecify.annotations.NullMarked;
