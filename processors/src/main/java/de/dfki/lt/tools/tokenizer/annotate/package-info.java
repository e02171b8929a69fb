/** What MaryTTS reads tokens from; see {@link de.dfki.lt.tools.tokenizer.JTok}. */
@NullMarked
package de.dfki.lt.tools.tokenizer.annotate;

import org.jspecify.annotations.NullMarked;
