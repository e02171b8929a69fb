/** Azure's voices. */
@NullMarked
package org.caravox.speech.azure;

import org.jspecify.annotations.NullMarked;
