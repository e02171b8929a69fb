/** Live streams: audio comes in while it is spoken, words go out, and providers may change in mid-sentence. */
@NullMarked
package org.caravox.live;

import org.jspecify.annotations.NullMarked;
