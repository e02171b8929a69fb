/** What requests use, what that costs, and what a tenant may spend. */
@NullMarked
package org.caravox.usage;

import org.jspecify.annotations.NullMarked;
