/**
 * Routes as they are changed in production: their files, what is wrong with them, and the transaction that puts a version
 * of them in force.
 */
@NullMarked
package org.caravox.publishing;

import org.jspecify.annotations.NullMarked;
