package org.caravox.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.caravox.outbound.Trust;

/** A client's certificate and key (PEM, PKCS #8) as what TLS connections are made of. */
final class ClientTls {

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    private ClientTls() {}

    /** @throws CannotSignIn when they cannot be read, or do not belong together */
    static SSLContext of(String certificatePem, String keyPem, Trust trust) {
        char[] password = UUID.randomUUID().toString().toCharArray();
        try {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificatePem.getBytes(StandardCharsets.UTF_8)))
                    .toArray(new Certificate[0]);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, password);
            store.setKeyEntry("client", key(keyPem), password, chain);
            return trust.builder().loadKeyMaterial(store, password).build();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new CannotSignIn("the client's certificate and key of the endpoint cannot be used");
        }
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        InvalidKeySpecException none = new InvalidKeySpecException("no private key in PKCS #8");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                none.addSuppressed(e);
            }
        }
        throw none;
    }
}
