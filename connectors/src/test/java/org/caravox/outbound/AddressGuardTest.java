package org.caravox.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.caravox.outbound.AddressGuard.ForbiddenAddress;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

    private final AddressGuard guard = new AddressGuard(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.1",
                "127.255.255.254",
                "2130706433",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.168.255.255",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "localhost",
                "::",
                "::1",
                "[::1]",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "fc00::1",
                "fdff::1",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void private_and_reserved_addresses_are_not_called(String host) {
        assertThatThrownBy(() -> guard.resolve(host)).isInstanceOf(ForbiddenAddress.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.1.1",
                "192.169.0.0",
                "223.255.255.255",
                "2606:4700:4700::1111",
                "2a00:1450:4001::1"
            })
    void public_addresses_are_called(String host) throws Exception {
        assertThat(guard.resolve(host)).hasSize(1);
    }

    @Test
    void an_allowed_network_is_called_and_its_neighbour_is_not() throws Exception {
        AddressGuard allowing = new AddressGuard(List.of("10.1.0.0/16", "127.0.0.1"));

        assertThat(allowing.resolve("10.1.255.1")).hasSize(1);
        assertThat(allowing.resolve("127.0.0.1")).hasSize(1);
        assertThatThrownBy(() -> allowing.resolve("10.2.0.1")).isInstanceOf(ForbiddenAddress.class);
        assertThatThrownBy(() -> allowing.resolve("127.0.0.2")).isInstanceOf(ForbiddenAddress.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://example.org/a",
                "gopher://example.org/a",
                "jar:http://example.org/a!/b",
                "//example.org/a",
                "example.org/a",
                "http:",
                "http:///a",
                "http://user:secret@1.1.1.1/",
                "http://1.1.1.1\r\nHost: x/",
                "http://127.0.0.1/",
                "http://[::1]:8080/"
            })
    void an_address_that_can_be_seen_to_be_wrong_is_refused_without_a_call(String url) {
        assertThatThrownBy(() -> guard.check("audioUrl", url))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.INVALID))
                .hasMessageStartingWith("audioUrl");
    }

    @Test
    void an_address_on_the_internet_is_taken() {
        assertThat(guard.check("audioUrl", "HTTPS://1.1.1.1:8443/a.wav?b=c")).hasHost("1.1.1.1");
    }

    @Test
    void a_network_that_cannot_be_read_is_refused_with_the_name_of_the_setting() {
        assertThatThrownBy(() -> new AddressGuard(List.of("10.1.0.0/99")))
                .hasMessageContaining("caravox.outbound.allow");
    }
}
