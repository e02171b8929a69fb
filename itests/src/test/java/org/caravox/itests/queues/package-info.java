/** Customers who talk to the hub by queues. */
@NullMarked
package org.caravox.itests.queues;

import org.jspecify.annotations.NullMarked;
