/** What happened: written once, with the change that it tells of. */
@NullMarked
package org.caravox.events;

import org.jspecify.annotations.NullMarked;
