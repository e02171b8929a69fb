/** ElevenLabs' voices. */
@NullMarked
package org.caravox.speech.elevenlabs;

import org.jspecify.annotations.NullMarked;
