package org.caravox.itests.sources;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;

/** A customer's webhook endpoint that takes only what comes with a client certificate of its authority. */
public final class CertificateEndpoint implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final HttpServer server;
    private final List<String> callers = new CopyOnWriteArrayList<>();

    /** @param authority has signed its own certificate, and signs those of its callers */
    public CertificateEndpoint(HeldCertificate authority) throws IOException {
        HeldCertificate own = new HeldCertificate.Builder()
                .addSubjectAlternativeName(HOST)
                .signedBy(authority)
                .build();
        HandshakeCertificates certificates = new HandshakeCertificates.Builder()
                .heldCertificate(own)
                .addTrustedCertificate(authority.certificate())
                .build();
        server = ServerBootstrap.bootstrap()
                .setLocalAddress(InetAddress.getLoopbackAddress())
                .setCanonicalHostName(HOST)
                .setSslContext(certificates.sslContext())
                .setSslSetupHandler(tls -> tls.setNeedClientAuth(true))
                .register("*", this::take)
                .create();
        server.start();
    }

    public String url() {
        return "https://" + HOST + ":" + server.getLocalPort() + "/";
    }

    /** The names in the certificates of those who have posted. */
    public List<String> callers() {
        return List.copyOf(callers);
    }

    private void take(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
            throws IOException {
        callers.add(
                HttpCoreContext.cast(context).getSSLSession().getPeerPrincipal().getName());
        response.setCode(200);
    }

    @Override
    public void close() {
        server.close(CloseMode.IMMEDIATE);
    }
}
