/** Recordings: kept, examined and decoded, within limits. */
@NullMarked
package org.caravox.audio;

import org.jspecify.annotations.NullMarked;
