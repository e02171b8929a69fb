/** What every call to an address that a customer named has in common: it must not reach our own network. */
@NullMarked
package org.caravox.outbound;

import org.jspecify.annotations.NullMarked;
