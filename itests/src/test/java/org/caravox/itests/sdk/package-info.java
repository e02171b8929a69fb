/** Vendors' own SDKs, installed by the tests, against a running hub. */
package org.caravox.itests.sdk;
