package org.caravox.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.caravox.deliveries.Delivery;
import org.caravox.deliveries.DeliverySettings;
import org.caravox.deliveries.Fault;
import org.caravox.deliveries.Outcome;
import org.caravox.deliveries.Outcome.Next;
import org.caravox.deliveries.Target;
import org.caravox.outbound.AddressGuard;
import org.caravox.outbound.Trust;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that show certificates, ask for one, or want a token. */
class WebhookSenderTest {

    private static final HeldCertificate AUTHORITY = new HeldCertificate.Builder()
            .certificateAuthority(0)
            .commonName("ours")
            .build();
    private static final HeldCertificate STRANGER = new HeldCertificate.Builder()
            .certificateAuthority(0)
            .commonName("a stranger")
            .build();
    private static final HeldCertificate SERVER = server().signedBy(AUTHORITY).build();
    private static final String HOST = "127.0.0.1";

    @AutoClose
    private static WebhookSender sender;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Path trusted = Files.writeString(folder.resolve("ours.pem"), AUTHORITY.certificatePem());
        DeliverySettings settings = new DeliverySettings(
                "test",
                List.of(Duration.ofSeconds(1)),
                0,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                4,
                10,
                Duration.ofDays(5),
                Duration.ofDays(30),
                false);
        sender = new WebhookSender(
                new AddressGuard(List.of(HOST)), Trust.with(trusted), settings, new ObjectMapper(), Clock.systemUTC());
    }

    private static HeldCertificate.Builder server() {
        return new HeldCertificate.Builder().commonName("hooks").addSubjectAlternativeName(HOST);
    }

    private static Outcome send(Receiver receiver, String auth) {
        Target target = new Target(
                receiver.url("/hook"),
                "POST",
                Map.of(),
                List.of("whsec_" + "c2VjcmV0".repeat(4)),
                false,
                auth.isEmpty() ? null : auth,
                "application/json",
                "{}");
        Delivery delivery = new Delivery(
                UUID.randomUUID(),
                "acme",
                UUID.randomUUID(),
                Delivery.Kind.WEBHOOK,
                null,
                "lane",
                "evt_1",
                "job.completed",
                UUID.randomUUID(),
                1,
                "{}",
                target);
        return sender.send(delivery).toCompletableFuture().join();
    }

    @Test
    void an_endpoint_that_asks_for_a_certificate_is_shown_the_tenants() {
        try (Receiver receiver = Receiver.asking(SERVER, AUTHORITY)) {
            Outcome outcome = send(receiver, mtls(client("acme", AUTHORITY)));

            assertThat(outcome.next()).as(String.valueOf(outcome.error())).isEqualTo(Next.DELIVERED);
            assertThat(receiver.callers).containsExactly("CN=acme");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_endpoint_that_gets_no_certificate_or_one_of_a_stranger_is_told_of_as_such(boolean stranger) {
        try (Receiver receiver = Receiver.asking(SERVER, AUTHORITY)) {
            Outcome outcome = send(receiver, stranger ? mtls(client("acme", STRANGER)) : "");

            assertThat(outcome.fault()).as(String.valueOf(outcome.error())).isEqualTo(Fault.TLS);
            assertThat(outcome.error()).startsWith(HOST + " wants a client certificate that it trusts");
            assertThat(outcome.next()).isEqualTo(Next.RETRY);
            assertThat(receiver.callers).isEmpty();
        }
    }

    private static HeldCertificate client(String name, HeldCertificate by) {
        return new HeldCertificate.Builder().commonName(name).signedBy(by).build();
    }

    private static String mtls(HeldCertificate client) {
        return new ObjectMapper()
                .createObjectNode()
                .put("type", "mtls")
                .put("certificate", client.certificatePem())
                .put("key", client.privateKeyPkcs8Pem())
                .toString();
    }

    @ParameterizedTest
    @CsvSource({
        "EXPIRED,      has expired",
        "ANOTHER_NAME, is for another name",
        "NO_NAME,      is for another name",
        "SELF_SIGNED,  is not from an authority that is trusted",
        "STRANGERS,    is not from an authority that is trusted"
    })
    void what_is_wrong_with_an_endpoints_certificate_is_told_and_it_is_tried_again(Wrong wrong, String told) {
        try (Receiver receiver = Receiver.showing(wrong.certificate())) {
            Outcome outcome = send(receiver, "");

            assertThat(outcome.error()).isEqualTo("the certificate of " + HOST + " " + told);
            assertThat(outcome.fault()).isEqualTo(Fault.TLS);
            assertThat(outcome.next()).isEqualTo(Next.RETRY);
        }
    }

    private enum Wrong {
        EXPIRED,
        ANOTHER_NAME,
        NO_NAME,
        SELF_SIGNED,
        STRANGERS;

        HeldCertificate certificate() {
            Instant now = Instant.now();
            return switch (this) {
                case EXPIRED ->
                    server().validityInterval(
                                    now.minus(Duration.ofDays(2)).toEpochMilli(),
                                    now.minus(Duration.ofDays(1)).toEpochMilli())
                            .signedBy(AUTHORITY)
                            .build();
                case ANOTHER_NAME ->
                    new HeldCertificate.Builder()
                            .addSubjectAlternativeName("hooks.example")
                            .signedBy(AUTHORITY)
                            .build();
                case NO_NAME ->
                    new HeldCertificate.Builder()
                            .commonName("hooks.example")
                            .signedBy(AUTHORITY)
                            .build();
                case SELF_SIGNED -> server().build();
                case STRANGERS -> server().signedBy(STRANGER).build();
            };
        }
    }

    @Test
    void a_token_that_is_not_accepted_any_more_is_renewed_once() {
        try (Receiver receiver = Receiver.withTokens()) {
            receiver.accepted = "token-1";
            String auth = oauth2(receiver, "renewed");

            assertThat(send(receiver, auth).next()).isEqualTo(Next.DELIVERED);
            receiver.accepted = "token-2";
            assertThat(send(receiver, auth).next()).isEqualTo(Next.DELIVERED);
            receiver.accepted = "none";
            Outcome refused = send(receiver, auth);

            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.next()).isEqualTo(Next.RETRY);
            assertThat(receiver.tokens).hasValue(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "500, ,        answered with HTTP status 500",
        "401, ,        answered with HTTP status 401",
        "200, {},      answered without access_token",
        "200, <html>,  answered something else than JSON"
    })
    void where_no_token_is_handed_out_nothing_is_posted_and_the_next_attempt_asks_again(
            int status, String body, String told) {
        try (Receiver receiver = Receiver.withTokens()) {
            receiver.status = status;
            receiver.answer = body == null ? "" : body;
            String auth = oauth2(receiver, "failing-" + status + told);

            Outcome outcome = send(receiver, auth);

            assertThat(outcome.fault()).isEqualTo(Fault.AUTH);
            assertThat(outcome.error()).isEqualTo("no token could be had: " + HOST + " " + told);
            assertThat(outcome.next()).isEqualTo(Next.RETRY);
            assertThat(receiver.callers).isEmpty();
            receiver.answer = Receiver.TOKEN;
            receiver.status = 200;
            assertThat(send(receiver, auth).next()).isEqualTo(Next.DELIVERED);
        }
    }

    private static String oauth2(Receiver receiver, String client) {
        return new ObjectMapper()
                .createObjectNode()
                .put("type", "oauth2")
                .put("tokenUrl", receiver.url("/token").toString())
                .put("clientId", client)
                .put("clientSecret", "hush")
                .toString();
    }

    /** A customer's endpoint, and who has called it. */
    private static final class Receiver implements AutoCloseable {

        static final String TOKEN = "{\"access_token\":\"token-%d\",\"expires_in\":3600}";

        final List<String> callers = new CopyOnWriteArrayList<>();
        final AtomicInteger tokens = new AtomicInteger();
        volatile int status = 200;
        volatile String answer = TOKEN;
        volatile String accepted = "";
        private final String scheme;
        private final HttpServer server;

        private Receiver(String scheme, ServerBootstrap bootstrap) {
            this.scheme = scheme;
            this.server = bootstrap
                    .setLocalAddress(InetAddress.getLoopbackAddress())
                    .setCanonicalHostName(HOST)
                    .register("/hook", this::take)
                    .register("/token", this::handOut)
                    .create();
            try {
                server.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static Receiver showing(HeldCertificate certificate) {
            return new Receiver(
                    "https",
                    ServerBootstrap.bootstrap()
                            .setSslContext(new HandshakeCertificates.Builder()
                                    .heldCertificate(certificate)
                                    .build()
                                    .sslContext()));
        }

        /** Wants a certificate, by an authority that it trusts. */
        static Receiver asking(HeldCertificate certificate, HeldCertificate trusted) {
            return new Receiver(
                    "https",
                    ServerBootstrap.bootstrap()
                            .setSslContext(new HandshakeCertificates.Builder()
                                    .heldCertificate(certificate)
                                    .addTrustedCertificate(trusted.certificate())
                                    .build()
                                    .sslContext())
                            .setSslSetupHandler(tls -> tls.setNeedClientAuth(true)));
        }

        /** Hands out tokens, and wants one. */
        static Receiver withTokens() {
            return new Receiver("http", ServerBootstrap.bootstrap());
        }

        URI url(String path) {
            return URI.create(scheme + "://" + HOST + ":" + server.getLocalPort() + path);
        }

        private void take(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
                throws IOException {
            SSLSession session = HttpCoreContext.cast(context).getSSLSession();
            Header authorization = request.getFirstHeader("Authorization");
            String shown = authorization == null ? "nothing" : authorization.getValue();
            callers.add(session == null ? shown : session.getPeerPrincipal().getName());
            response.setCode(accepted.isEmpty() || shown.equals("Bearer " + accepted) ? 200 : 401);
        }

        private void handOut(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context) {
            response.setCode(status);
            response.setEntity(
                    new StringEntity(answer.formatted(tokens.incrementAndGet()), ContentType.APPLICATION_JSON));
        }

        @Override
        public void close() {
            server.close(CloseMode.IMMEDIATE);
        }
    }
}
