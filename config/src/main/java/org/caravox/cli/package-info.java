/** The commands of {@code ./hub}. */
@NullMarked
package org.caravox.cli;

import org.jspecify.annotations.NullMarked;
