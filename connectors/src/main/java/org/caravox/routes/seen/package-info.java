/** What is seen of routes that run: counts, times, failures and the ways of messages. */
@NullMarked
package org.caravox.routes.seen;

import org.jspecify.annotations.NullMarked;
