/** Cartesia's voices. */
@NullMarked
package org.caravox.speech.cartesia;

import org.jspecify.annotations.NullMarked;
