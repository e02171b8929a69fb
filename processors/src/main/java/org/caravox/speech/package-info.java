/** Text-to-speech: text becomes audio, in the format that is asked for. */
@NullMarked
package org.caravox.speech;

import org.jspecify.annotations.NullMarked;
