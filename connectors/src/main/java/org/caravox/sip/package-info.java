/** Telephone calls over SIP: the Camel component whose steps routes are made of. */
@NullMarked
package org.caravox.sip;

import org.jspecify.annotations.NullMarked;
