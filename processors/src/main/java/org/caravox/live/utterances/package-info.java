/** Providers of transcripts of recordings, live: they are given one utterance after the other. */
@NullMarked
package org.caravox.live.utterances;

import org.jspecify.annotations.NullMarked;
