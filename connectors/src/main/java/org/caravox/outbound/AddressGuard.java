package org.caravox.outbound;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.caravox.requests.Refusal;

/**
 * Keeps calls to addresses that customers name away from our own network. As the resolver of the client that calls, it
 * decides on the very addresses that are connected to, after each redirect too; a name that changes its address in
 * between gains nothing.
 */
public final class AddressGuard implements DnsResolver {

    /** IANA special-purpose address registries (RFC 6890), and what embeds other addresses. */
    private static final List<IPAddress> FORBIDDEN = networks(
            "",
            List.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "::/96",
                    "::ffff:0:0/96",
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8"));

    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** The longest address that is read, in characters. */
    public static final int LONGEST_URL = 4096;

    private final List<IPAddress> allowed;

    /** @param allowed networks (CIDR) or single addresses that may be called although they are private */
    public AddressGuard(List<String> allowed) {
        this.allowed = networks("caravox.outbound.allow", allowed);
    }

    /**
     * Reads networks.
     *
     * @param setting where they are written, for the message
     * @param texts   in CIDR form, or single addresses
     */
    public static List<IPAddress> networks(String setting, List<String> texts) {
        return texts.stream().map(text -> network(setting, text)).toList();
    }

    private static IPAddress network(String setting, String text) {
        IPAddress network = new IPAddressString(text).getAddress();
        if (network == null) {
            throw new IllegalArgumentException(setting + " must list networks like 10.1.0.0/16, was \"" + text + "\"");
        }
        return network.toPrefixBlock();
    }

    /**
     * Reads an address that a caller sent, and refuses what can be seen to be wrong with it already.
     *
     * @param field the name of the field, for the message
     * @throws Refusal INVALID, saying what is allowed
     */
    public URI check(String field, String text) {
        URI uri = read(field, text);
        try {
            resolve(uri.getHost());
        } catch (ForbiddenAddress e) {
            throw Refusal.invalid(field + " must be a public address: " + e.getMessage());
        } catch (UnknownHostException e) {
            return uri;
        }
        return uri;
    }

    private static URI read(String field, String text) {
        if (text.length() > LONGEST_URL) {
            throw Refusal.invalid(field + " is longer than " + LONGEST_URL + " characters");
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(field + " is not a URL");
        }
        String scheme = uri.getScheme();
        if (scheme == null || !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
            throw Refusal.invalid(field + " must begin with http:// or https://");
        }
        if (uri.getHost() == null || uri.getHost().isEmpty()) {
            throw Refusal.invalid(field + " names no host");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw Refusal.invalid(field + " has a port that cannot be: use 1 to 65535");
        }
        if (uri.getUserInfo() != null) {
            throw Refusal.invalid(field + " must not hold a user name or password");
        }
        return uri;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        InetAddress[] addresses = SystemDefaultDnsResolver.INSTANCE.resolve(bare);
        for (InetAddress address : addresses) {
            if (forbidden(address)) {
                throw new ForbiddenAddress(host + " is in a private or reserved network");
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return Arrays.stream(resolve(host))
                .map(InetAddress::getCanonicalHostName)
                .collect(Collectors.joining());
    }

    private boolean forbidden(InetAddress address) {
        IPAddress ip = new inet.ipaddr.IPAddressNetwork.IPAddressGenerator().from(address);
        return FORBIDDEN.stream().anyMatch(network -> network.contains(ip))
                && allowed.stream().noneMatch(network -> network.contains(ip));
    }

    /** The name resolves to an address that customers may not have called. */
    public static final class ForbiddenAddress extends UnknownHostException {
        private static final long serialVersionUID = 1;

        ForbiddenAddress(String message) {
            super(message);
        }
    }
}
