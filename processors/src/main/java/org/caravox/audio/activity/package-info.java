/** Tells speech from whatever else is in audio. */
@NullMarked
package org.caravox.audio.activity;

import org.jspecify.annotations.NullMarked;
