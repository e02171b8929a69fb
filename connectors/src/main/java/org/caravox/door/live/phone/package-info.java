/**
 * The audio of calls, as telephone platforms send it: one codec for each platform's protocol, all over one kind of
 * stream. {@code docs/live} says how the platforms are told to send it.
 */
@NullMarked
package org.caravox.door.live.phone;

import org.jspecify.annotations.NullMarked;
