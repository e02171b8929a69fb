/** The audio of a call, as calls need it of whoever carries it. */
@NullMarked
package org.caravox.calls.media;

import org.jspecify.annotations.NullMarked;
