/** The embedded queue: tables of leased work as a Camel component. */
@NullMarked
package org.caravox.queue;

import org.jspecify.annotations.NullMarked;
