/** Customers' webhook endpoints, well and sick. */
@org.jspecify.annotations.NullMarked
package org.caravox.fakes.receivers;
