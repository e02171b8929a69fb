package org.caravox.sip.stack;

/**
 * An address as settings and Via headers have it.
 *
 * @param host without brackets
 * @param port -1 when none is given
 */
record HostPort(String host, int port) {

    static HostPort of(String text) {
        int bracket = text.indexOf(']');
        int colon = text.indexOf(':', Math.max(0, bracket));
        boolean onlyHost = colon < 0 || (bracket < 0 && text.indexOf(':') != text.lastIndexOf(':'));
        String host = onlyHost ? text : text.substring(0, colon);
        return new HostPort(bare(host), onlyHost ? -1 : Integer.parseInt(text.substring(colon + 1)));
    }

    static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** As it stands in an address: IPv6 in brackets. */
    static String inAddress(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
