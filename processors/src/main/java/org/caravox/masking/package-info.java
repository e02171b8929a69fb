/** Personal data in what was said and written: found, and replaced. */
@NullMarked
package org.caravox.masking;

import org.jspecify.annotations.NullMarked;
