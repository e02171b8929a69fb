package org.caravox.door;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.requests.Refusal;

/** A client's certificate and its key, as PEM. */
final class ClientCertificate {

    static final int LONGEST_PEM = 16 * 1024;

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] ANYTHING = "caravox".getBytes(StandardCharsets.US_ASCII);

    private ClientCertificate() {}

    /**
     * Looks whether they can be used together.
     *
     * @throws Refusal INVALID, which shows neither
     */
    static void check(String certificatePem, String keyPem) {
        X509Certificate certificate = certificate(certificatePem);
        PrivateKey key = key(keyPem, certificate.getPublicKey().getAlgorithm());
        if (!belongTogether(certificate, key)) {
            throw Refusal.invalid("auth.key is not the key of auth.certificate");
        }
    }

    private static X509Certificate certificate(String pem) {
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            certificate.checkValidity();
            return certificate;
        } catch (java.security.cert.CertificateExpiredException e) {
            throw invalid("auth.certificate has expired", e);
        } catch (CertificateException e) {
            throw invalid("auth.certificate must be a valid certificate in PEM: -----BEGIN CERTIFICATE-----", e);
        }
    }

    private static PrivateKey key(String pem, String algorithm) {
        Matcher found = KEY.matcher(pem);
        String wanted =
                "auth.key must be an unencrypted key in PKCS #8, of the same kind as the certificate's: -----BEGIN PRIVATE"
                        + " KEY-----";
        if (!found.find()) {
            throw Refusal.invalid(wanted);
        }
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw invalid(wanted, e);
        }
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String kind = key.getAlgorithm();
        try {
            Signature signature = Signature.getInstance(
                    switch (kind) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> kind;
                    });
            signature.initSign(key);
            signature.update(ANYTHING);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(ANYTHING);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Refusal invalid(String message, Exception cause) {
        return new Refusal(Refusal.Reason.INVALID, message, null, cause);
    }
}
