/** The embedded recognizer, live. */
@NullMarked
package org.caravox.live.vosk;

import org.jspecify.annotations.NullMarked;
