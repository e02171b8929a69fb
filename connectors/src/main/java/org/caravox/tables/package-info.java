/** Other people's databases, from which routes read. */
@NullMarked
package org.caravox.tables;

import org.jspecify.annotations.NullMarked;
