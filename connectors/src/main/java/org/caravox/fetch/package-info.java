/** Recordings that are given as an address. */
@NullMarked
package org.caravox.fetch;

import org.jspecify.annotations.NullMarked;
