package org.caravox.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class LatchTest {

    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress ANNOUNCED = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4_000);
    private static final InetSocketAddress REAL = new InetSocketAddress("127.0.0.2", 5_000);
    private static final InetSocketAddress STRANGER = new InetSocketAddress("127.0.0.3", 6_000);

    private final Latch latch = new Latch();

    LatchTest() {
        latch.announce(ANNOUNCED);
        latch.accepts(REAL, false, false, 0);
    }

    @Test
    void the_first_who_comes_is_answered() {
        assertThat(latch.target()).isEqualTo(REAL);
    }

    @Test
    void another_port_of_the_party_is_let_in_when_it_has_been_silent_and_a_stranger_is_not() {
        InetSocketAddress rebound = new InetSocketAddress("127.0.0.2", 5_500);

        assertThat(latch.accepts(rebound, false, false, SECOND)).isFalse();
        assertThat(latch.accepts(STRANGER, false, false, 3 * SECOND)).isFalse();
        assertThat(latch.accepts(rebound, false, false, 3 * SECOND)).isTrue();
    }

    @Test
    void the_announced_one_the_one_that_goes_on_and_the_authentic_one_may_move() {
        assertThat(latch.accepts(STRANGER, true, false, 1)).isTrue();
        assertThat(latch.accepts(ANNOUNCED, false, false, 2)).isTrue();
        assertThat(latch.accepts(STRANGER, false, true, 3)).isTrue();
        assertThat(latch.target()).isEqualTo(STRANGER);
    }

    @Test
    void a_new_address_in_an_offer_is_where_audio_goes() {
        InetSocketAddress moved = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4_100);

        latch.announce(moved);

        assertThat(latch.target()).isEqualTo(moved);
    }
}
