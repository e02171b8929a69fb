package org.caravox.sip.stack;

import gov.nist.javax.sip.address.SipUri;
import gov.nist.javax.sip.parser.StringMsgParser;
import gov.nist.javax.sip.stack.HopImpl;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.text.ParseException;
import java.util.Locale;
import java.util.Optional;
import javax.sip.address.Hop;
import org.jspecify.annotations.Nullable;

/** Where a message is sent to. */
final class Hops {

    private Hops() {}

    /** Of {@code host[:port]}; may look up a name. */
    static Hop of(String address, String transport) throws UnknownHostException {
        HostPort to = HostPort.of(address);
        return of(to.host(), to.port(), transport);
    }

    private static Hop of(String host, int port, String transport) throws UnknownHostException {
        int usual = transport.equals("tls") ? 5061 : 5060;
        String found = InetAddress.getByName(HostPort.bare(host)).getHostAddress();
        return new HopImpl(found, port > 0 ? port : usual, transport.toUpperCase(Locale.ROOT));
    }

    /** Of a SIP address; empty when it is none. May look up a name. */
    static Optional<Hop> ofUri(String uri, String otherwise) throws UnknownHostException {
        try {
            if (!(new StringMsgParser().parseUrl(uri) instanceof SipUri sip)) {
                return Optional.empty();
            }
            String host = sip.getMAddrParam() == null ? sip.getHost() : sip.getMAddrParam();
            String transport = transport(sip, otherwise);
            return Optional.of(of(host, sip.getPort(), transport));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    static String transport(SipUri uri, String otherwise) {
        if (uri.isSecure()) {
            return "tls";
        }
        @Nullable String said = uri.getTransportParam();
        return said == null ? otherwise : said.toLowerCase(Locale.ROOT);
    }

    /** Whether an address is one that only its own network reaches, while the packet came from another. */
    static boolean isHidden(Hop hop, Hop source) {
        IPAddress said = new IPAddressString(HostPort.bare(hop.getHost())).getAddress();
        return said != null
                && said.isLocal()
                && !said.isLoopback()
                && !hop.getHost().equals(source.getHost());
    }
}
