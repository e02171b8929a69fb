/** The hub's pages, in a browser. */
package org.caravox.itests.browser;
