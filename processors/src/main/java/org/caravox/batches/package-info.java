/** Many recordings that were sent as one: what became of each, counts, results, and an end to all of them. */
@NullMarked
package org.caravox.batches;

import org.jspecify.annotations.NullMarked;
