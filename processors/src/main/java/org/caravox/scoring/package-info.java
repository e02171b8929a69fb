/** How promising a call was: rules over its transcript, and what they came to. */
@NullMarked
package org.caravox.scoring;

import org.jspecify.annotations.NullMarked;
