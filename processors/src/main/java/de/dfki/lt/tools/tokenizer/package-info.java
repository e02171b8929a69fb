/**
 * Stands in for JTok, which MaryTTS loads by these names and which no public repository serves any more. Own code: it
 * has what MaryTTS calls, no more.
 */
@NullMarked
package de.dfki.lt.tools.tokenizer;

import org.jspecify.annotations.NullMarked;
