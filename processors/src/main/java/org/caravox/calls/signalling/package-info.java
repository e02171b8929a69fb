/** The signalling of a call, as calls need it of whoever speaks the protocol. */
@NullMarked
package org.caravox.calls.signalling;

import org.jspecify.annotations.NullMarked;
