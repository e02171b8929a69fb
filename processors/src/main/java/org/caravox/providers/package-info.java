/** What the chains of all three uses share: providers, their failures, breakers, credentials and the way to reach them. */
@NullMarked
package org.caravox.providers;

import org.jspecify.annotations.NullMarked;
