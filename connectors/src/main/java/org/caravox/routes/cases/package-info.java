/** Cases beside routes, and messages tried step by step: routes run on the side, with everything outside replaced. */
@NullMarked
package org.caravox.routes.cases;

import org.jspecify.annotations.NullMarked;
