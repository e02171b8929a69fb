/** Who changed what: written with the change, kept, and streamed. */
@NullMarked
package org.caravox.audit;

import org.jspecify.annotations.NullMarked;
