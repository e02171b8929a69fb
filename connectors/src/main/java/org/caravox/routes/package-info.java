/** Routes in Camel, several versions of them side by side: how they are read, loaded, chosen for work, and taken away. */
@NullMarked
package org.caravox.routes;

import org.jspecify.annotations.NullMarked;
