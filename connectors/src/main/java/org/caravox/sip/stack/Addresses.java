package org.caravox.sip.stack;

import gov.nist.javax.sip.address.AddressImpl;
import gov.nist.javax.sip.address.SipUri;
import gov.nist.javax.sip.address.TelURLImpl;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sip.address.Address;
import javax.sip.address.URI;
import org.caravox.requests.Refusal;
import org.jspecify.annotations.Nullable;

/** Who is meant: numbers, and SIP and tel addresses. */
final class Addresses {

    private static final Pattern SIP = Pattern.compile("(?i)sips?:[^\\s<>\"\\p{Cntrl}]{1,500}");
    private static final Pattern TEL = Pattern.compile("(?i)tel:([+0-9*#().-]{1,64})(;.*)?");
    private static final Pattern NUMBER = Pattern.compile("[+0-9A-Za-z*#._-]{1,64}");
    private static final int LONGEST = 256;

    private Addresses() {}

    /**
     * A SIP address.
     *
     * @param to a SIP or tel address, or a number, which the trunk completes
     * @throws Refusal when it is no address, or nothing completes it
     */
    static String complete(String to, @Nullable Trunk trunk, Wire wire) {
        if (SIP.matcher(to).matches()) {
            return to;
        }
        var tel = TEL.matcher(to);
        String number = tel.matches() ? tel.group(1).replaceAll("[().-]", "") : to;
        if (!NUMBER.matcher(number).matches()) {
            throw Refusal.invalid("to must be a number, or an address like sip:name@host");
        }
        String domain = Optional.ofNullable(trunk)
                .flatMap(Trunk::domainOfNumbers)
                .orElseThrow(() -> Refusal.invalid("a number needs a trunk that it is rung by: name one, or give a"
                        + " whole address like sip:name@host"));
        return "sip:" + escaped(number) + "@" + HostPort.inAddress(domain) + transport(trunk, wire);
    }

    private static String transport(@Nullable Trunk trunk, Wire wire) {
        return trunk == null || trunk.transport().equals("udp") || !wire.speaks(trunk.transport())
                ? ""
                : ";transport=" + trunk.transport();
    }

    private static String escaped(String number) {
        return number.replace("#", "%23");
    }

    /** The user part, or the number. */
    static String user(URI uri) {
        if (uri instanceof TelURLImpl tel) {
            return (tel.isGlobal() ? "+" : "") + bounded(tel.getPhoneNumber().replaceFirst("^\\+", ""));
        }
        if (uri instanceof SipUri sip && sip.getUser() != null) {
            String user = sip.getUser().split(";", 2)[0];
            try {
                return bounded(URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return bounded(user);
            }
        }
        return "anonymous";
    }

    /** What is shown beside an address. */
    static @Nullable String name(Address address) {
        String name = ((AddressImpl) address).getDisplayName();
        return name == null || name.isBlank()
                ? null
                : bounded(name.replace("\"", "").strip());
    }

    private static String bounded(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "");
        return clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
    }
}
