/** Text-to-speech inside the hub, by MaryTTS: English, no key, no network. */
@NullMarked
package org.caravox.speech.mary;

import org.jspecify.annotations.NullMarked;
