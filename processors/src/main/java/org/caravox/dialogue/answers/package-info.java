/** Answers from lists of questions, matched by meaning inside the hub: a conversation without a model server. */
@NullMarked
package org.caravox.dialogue.answers;

import org.jspecify.annotations.NullMarked;
