/** Who is calling: tenants, API keys and limits. */
@NullMarked
package org.caravox.tenants;

import org.jspecify.annotations.NullMarked;
