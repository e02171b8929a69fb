/** Customers' CRMs: what is written into them, as mappings say, once. */
@NullMarked
package org.caravox.crm;

import org.jspecify.annotations.NullMarked;
