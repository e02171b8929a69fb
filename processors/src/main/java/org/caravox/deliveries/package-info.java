/** Events on their way to endpoints: whose turn it is, what came of it, and when it is tried again. */
@NullMarked
package org.caravox.deliveries;

import org.jspecify.annotations.NullMarked;
