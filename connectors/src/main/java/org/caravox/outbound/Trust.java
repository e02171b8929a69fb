package org.caravox.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.core5.ssl.SSLContextBuilder;
import org.apache.hc.core5.ssl.SSLContexts;

/** Whose certificates are trusted in calls to the outside: those of Java's own authorities, and of some that are added. */
public final class Trust {

    private static final String SETTING = "caravox.outbound.trust";

    private final KeyStore authorities;

    private Trust(KeyStore authorities) {
        this.authorities = authorities;
    }

    /** Java's own authorities. */
    public static Trust usual() {
        return new Trust(store(List.of()));
    }

    /**
     * Java's own authorities, and those of a file.
     *
     * @param pem certificates in PEM
     * @throws IllegalArgumentException when there are none that can be read
     */
    public static Trust with(Path pem) {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> further =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (further.isEmpty()) {
                throw new IllegalArgumentException(SETTING + ": " + pem + " has no certificate");
            }
            return new Trust(store(further));
        } catch (IOException e) {
            throw new IllegalArgumentException(SETTING + ": the file " + pem + " cannot be read");
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    SETTING + ": " + pem + " must hold certificates in PEM: -----BEGIN CERTIFICATE-----");
        }
    }

    private static KeyStore store(Collection<? extends Certificate> further) {
        try {
            KeyStore all = KeyStore.getInstance("PKCS12");
            all.load(null, null);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager javas : factory.getTrustManagers()) {
                for (X509Certificate authority : ((X509TrustManager) javas).getAcceptedIssuers()) {
                    all.setCertificateEntry(UUID.randomUUID().toString(), authority);
                }
            }
            for (Certificate authority : further) {
                all.setCertificateEntry(UUID.randomUUID().toString(), authority);
            }
            return all;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Java's own authorities cannot be read", e);
        }
    }

    /** What connections are made of on which we do not show who we are. */
    public SSLContext context() {
        try {
            return builder().build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    /** The same, to be added to. */
    public SSLContextBuilder builder() throws GeneralSecurityException {
        return SSLContexts.custom().loadTrustMaterial(authorities, null);
    }
}
