/** The audio of calls: RTP on event loops, its codecs, jitter buffer, keys and encryption. */
@NullMarked
package org.caravox.rtp;

import org.jspecify.annotations.NullMarked;
