/** A fake server that speaks the wire formats of the speech and language providers, and fails as it is told. */
@org.jspecify.annotations.NullMarked
package org.caravox.fakes;
