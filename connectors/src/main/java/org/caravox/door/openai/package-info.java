/** OpenAI's API, as its own clients speak it, in front of the hub's chains. */
@NullMarked
package org.caravox.door.openai;

import org.jspecify.annotations.NullMarked;
