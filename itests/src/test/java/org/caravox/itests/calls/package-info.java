/** Telephone calls, with peers that others wrote. */
package org.caravox.itests.calls;
