/** What is wrong with files of routes: where, what, and what to write instead. */
@NullMarked
package org.caravox.routes.check;

import org.jspecify.annotations.NullMarked;
