/** The application: how the pieces are put together, one class a feature. The only place that knows everything. */
@NullMarked
package org.caravox.config;

import org.jspecify.annotations.NullMarked;
