/** The HTTP door: who is calling, what do they ask, what do they get. */
@NullMarked
package org.caravox.door;

import org.jspecify.annotations.NullMarked;
