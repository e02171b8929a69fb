package org.caravox.webhook;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.caravox.deliveries.Fault;
import org.caravox.deliveries.Outcome;
import org.caravox.outbound.AddressGuard.ForbiddenAddress;
import org.jspecify.annotations.Nullable;

/** Why an endpoint could not be reached, in plain words. */
final class Troubles {

    /** How Java tells of a name that a certificate is not for. */
    private static final Pattern ANOTHER_NAME =
            Pattern.compile("no subject alternative|no name matching|doesn't match", Pattern.CASE_INSENSITIVE);

    /** What the other side says of our certificate, or that it has seen none (RFC 8446, 6.2). */
    private static final Pattern ALERT =
            Pattern.compile("fatal alert: (\\w*certificate\\w*|unknown_ca|access_denied)", Pattern.CASE_INSENSITIVE);

    private Troubles() {}

    static Outcome of(String host, Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof CannotSignIn) {
            return Outcome.failed(Fault.AUTH, String.valueOf(failure.getMessage()));
        }
        if (in(failure, ForbiddenAddress.class).isPresent()) {
            return Outcome.failed(
                    Fault.ADDRESS, host + " is in a private or reserved network, which endpoints must not be");
        }
        if (in(failure, UnknownHostException.class).isPresent()) {
            return Outcome.failed(Fault.DNS, "the host " + host + " is not known");
        }
        if (in(failure, SSLException.class).isPresent()) {
            return Outcome.failed(Fault.TLS, tls(host, failure));
        }
        if (in(failure, ConnectTimeoutException.class).isPresent()) {
            return Outcome.failed(Fault.TIMEOUT, host + " did not accept a connection in time");
        }
        if (in(failure, SocketTimeoutException.class).isPresent()
                || in(failure, TimeoutException.class).isPresent()) {
            return Outcome.failed(Fault.TIMEOUT, host + " did not answer in time");
        }
        if (in(failure, ConnectException.class).isPresent()) {
            return Outcome.failed(Fault.CONNECTION, host + " refused the connection");
        }
        return Outcome.failed(
                Fault.CONNECTION,
                host + " closed the connection without an answer ("
                        + failure.getClass().getSimpleName().replaceFirst("Exception$", "") + ")");
    }

    private static String tls(String host, Throwable failure) {
        if (in(failure, CertificateExpiredException.class).isPresent()) {
            return "the certificate of " + host + " has expired";
        }
        if (in(failure, CertificateNotYetValidException.class).isPresent()) {
            return "the certificate of " + host + " is not valid yet";
        }
        if (in(failure, CertPathValidatorException.class).isPresent()
                || in(failure, CertPathBuilderException.class).isPresent()) {
            return "the certificate of " + host + " is not from an authority that is trusted";
        }
        String message =
                in(failure, SSLException.class).map(Throwable::getMessage).orElse("");
        if (ANOTHER_NAME.matcher(message).find()) {
            return "the certificate of " + host + " is for another name";
        }
        Matcher alert = ALERT.matcher(message);
        return alert.find()
                ? host + " wants a client certificate that it trusts, and got another or none ("
                        + alert.group(1).toLowerCase(Locale.ROOT).replace('_', ' ') + ")"
                : "no TLS connection to " + host + " could be made";
    }

    private static <T extends Throwable> Optional<T> in(Throwable failure, Class<T> kind) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return Optional.of(kind.cast(cause));
            }
        }
        return Optional.empty();
    }
}
