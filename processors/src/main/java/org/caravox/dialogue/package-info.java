/** Language models: a conversation so far becomes its next message. */
@NullMarked
package org.caravox.dialogue;

import org.jspecify.annotations.NullMarked;
