/** Live streams: how their audio comes in, and how the routes get to know of them. */
@NullMarked
package org.caravox.door.live;

import org.jspecify.annotations.NullMarked;
