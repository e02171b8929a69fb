/** SIP: who may ring the hub, whom it rings, and what is said about a call while it lasts. */
@NullMarked
package org.caravox.sip.stack;

import org.jspecify.annotations.NullMarked;
