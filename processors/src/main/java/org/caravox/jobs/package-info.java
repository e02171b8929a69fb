/** Work that outlives its caller: the jobs table, its leases and its outcome. */
@NullMarked
package org.caravox.jobs;

import org.jspecify.annotations.NullMarked;
