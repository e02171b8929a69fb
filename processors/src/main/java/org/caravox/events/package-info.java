/** What happened, as customers are told. */
@NullMarked
package org.caravox.events;

import org.jspecify.annotations.NullMarked;
