/** Customers' webhooks. */
@NullMarked
package org.caravox.webhook;

import org.jspecify.annotations.NullMarked;
