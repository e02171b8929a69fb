/** The audio of live streams and calls, where it is wished: written while it comes, kept, given out, removed. */
@NullMarked
package org.caravox.recordings;

import org.jspecify.annotations.NullMarked;
