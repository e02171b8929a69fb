/** Telephone calls: what routes can have done with them, and what remains of them. */
@NullMarked
package org.caravox.calls;

import org.jspecify.annotations.NullMarked;
