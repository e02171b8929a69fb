package org.caravox.itests.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CableTest {

    private static final int SILENCE_MILLIS = 300;

    private final List<Socket> ends = new ArrayList<>();
    private ServerSocket server;
    private Cable cable;

    @BeforeEach
    void lay() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        cable = Cable.to(server.getLocalPort());
    }

    @AfterEach
    void remove() throws IOException {
        for (Socket end : ends) {
            end.close();
        }
        cable.close();
        server.close();
    }

    @Test
    void what_goes_in_comes_out_however_much_it_is() throws IOException {
        Socket near = connect();
        Socket far = arrived();
        byte[] sent = new byte[8_000_000];
        new Random(1).nextBytes(sent);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(near, sent));

        byte[] received = far.getInputStream().readAllBytes();

        assertThat(received).isEqualTo(sent);
        sending.join();
        await().untilAsserted(() -> assertThat(cable.connections()).isZero());
    }

    @Test
    void who_sends_to_somebody_that_does_not_read_has_to_wait() throws IOException {
        Socket near = connect();
        Socket far = arrived();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(near, new byte[64_000_000]));

        await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> !sending.isDone());

        assertThat(far.getInputStream().readAllBytes()).hasSize(64_000_000);
        sending.join();
    }

    @Test
    void a_frozen_one_holds_everything_back_until_it_is_mended() throws IOException {
        Socket near = connect();
        Socket far = arrived();
        cable.freeze();

        near.getOutputStream().write(1);
        far.getOutputStream().write(2);
        far.shutdownOutput();

        assertSilent(far);
        assertSilent(near);
        cable.mend();
        assertThat(far.getInputStream().read()).isEqualTo(1);
        assertThat(near.getInputStream().read()).isEqualTo(2);
        assertThat(near.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void a_frozen_one_takes_connections_that_reach_the_server_when_it_is_mended() throws IOException {
        cable.freeze();
        Socket near = connect();
        near.getOutputStream().write(3);
        assertSilent(near);

        cable.mend();

        assertThat(arrived().getInputStream().read()).isEqualTo(3);
    }

    @Test
    void a_cut_one_ends_connections_at_both_ends_and_takes_none() throws IOException {
        Socket near = connect();
        Socket far = arrived();

        cable.cut();

        assertThat(near.getInputStream().read()).isEqualTo(-1);
        assertThat(far.getInputStream().read()).isEqualTo(-1);
        assertThat(connect().getInputStream().read()).isEqualTo(-1);
        cable.mend();
        connect().getOutputStream().write(4);
        assertThat(arrived().getInputStream().read()).isEqualTo(4);
    }

    @Test
    void without_its_server_it_closes_what_comes() throws IOException {
        server.close();

        assertThat(connect().getInputStream().read()).isEqualTo(-1);
    }

    private Socket connect() throws IOException {
        return keep(new Socket(InetAddress.getLoopbackAddress(), cable.port()));
    }

    private Socket arrived() throws IOException {
        server.setSoTimeout(10_000);
        return keep(server.accept());
    }

    private Socket keep(Socket end) throws IOException {
        ends.add(end);
        end.setSoTimeout(10_000);
        return end;
    }

    private static void assertSilent(Socket end) throws IOException {
        end.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() ->
                        assertThat(end.getInputStream().read()).as("what came").isEqualTo("nothing"))
                .isInstanceOf(SocketTimeoutException.class);
        end.setSoTimeout(10_000);
    }

    private static void send(Socket end, byte[] bytes) {
        try {
            end.getOutputStream().write(bytes);
            end.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
