/** Agents: who answers a call by speech-to-text, a language model and a voice, and what is kept of it. */
@NullMarked
package org.caravox.agents;

import org.jspecify.annotations.NullMarked;
