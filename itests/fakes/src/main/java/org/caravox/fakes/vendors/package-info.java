/** What each vendor's API answers: one class a vendor, and what they share. */
@org.jspecify.annotations.NullMarked
package org.caravox.fakes.vendors;
