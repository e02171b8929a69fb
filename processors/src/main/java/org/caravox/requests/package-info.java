/** What every door has in common: ids, deadlines, and refusals that a caller can act on. */
@NullMarked
package org.caravox.requests;

import org.jspecify.annotations.NullMarked;
