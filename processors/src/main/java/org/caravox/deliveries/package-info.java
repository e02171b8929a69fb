/** Where events are delivered to, and what came of it. */
@NullMarked
package org.caravox.deliveries;

import org.jspecify.annotations.NullMarked;
