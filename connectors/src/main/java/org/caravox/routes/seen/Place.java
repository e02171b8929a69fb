package org.caravox.routes.seen;

/** One version of a step. */
record Place(String route, String step, long version) {}
