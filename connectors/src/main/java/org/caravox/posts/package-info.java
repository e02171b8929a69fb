/** Addresses and chat channels that routes post to. */
@NullMarked
package org.caravox.posts;

import org.jspecify.annotations.NullMarked;
