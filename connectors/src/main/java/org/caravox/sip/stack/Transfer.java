package org.caravox.sip.stack;

import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.SIPServerTransaction;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.caravox.calls.signalling.SignalFailure;
import org.caravox.sip.stack.Messages.Body;
import org.jspecify.annotations.Nullable;

/**
 * REFER, both ways, with the NOTIFY that tells how it goes. Source: RFC 3515; RFC 3891 (Replaces); RFC 4488 (Refer-Sub). For one
 * thread at a time.
 */
final class Transfer {

    private static final Pattern STATUS = Pattern.compile("^\\s*SIP/2\\.0\\s+(\\d{3})\\s*(.*)");

    private final Leg leg;
    private final Core core;
    private @Nullable CompletableFuture<Void> open;
    private @Nullable Future<?> deadline;
    private IntConsumer progress = status -> {};

    Transfer(Leg leg) {
        this.leg = leg;
        this.core = leg.core();
    }

    void ask(String to, @Nullable String replaces, IntConsumer told, Duration within, CompletableFuture<Void> done) {
        if (leg.isOver() || !leg.isEstablished()) {
            done.completeExceptionally(new SignalFailure(481, "the call is not there, or not answered"));
            return;
        }
        if (open != null) {
            done.completeExceptionally(new SignalFailure(491, "another transfer is on its way"));
            return;
        }
        open = done;
        progress = told;
        deadline = core.timers()
                .in(within, leg.line(), () -> failed(408, "no answer within " + within.toSeconds() + " s"));
        List<String> headers = List.of(
                "Refer-To: <" + to + (replaces == null ? "" : "?Replaces=" + escaped(replaces)) + ">",
                "Referred-By: " + core.wire().contact(leg.dialog().transport()),
                "Supported: " + Messages.SUPPORTED);
        new Exchange(
                        core,
                        leg.line(),
                        leg.trunk(),
                        leg.dialog()::hop,
                        () -> leg.dialog().request("REFER", headers, null),
                        this::accepted)
                .start();
    }

    /** As in headers of an address: RFC 3261, section 19.1.1. */
    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void accepted(SIPResponse response) {
        int status = response.getStatusCode();
        if (status >= 300) {
            failed(status, response.getReasonPhrase());
        } else if (status >= 200
                && Messages.value(response, "Refer-Sub")
                        .filter("false"::equalsIgnoreCase)
                        .isPresent()) {
            done();
        }
    }

    /** NOTIFY: how it goes. */
    void notified(SIPRequest request, SIPServerTransaction transaction) {
        if (Messages.value(request, "Event")
                .filter(event -> event.toLowerCase(java.util.Locale.ROOT).startsWith("refer"))
                .isEmpty()) {
            leg.reply(request, transaction, 489);
            return;
        }
        leg.reply(request, transaction, 200);
        Matcher status = STATUS.matcher(Messages.text(request));
        if (open == null || !status.find()) {
            return;
        }
        int code = Integer.parseInt(status.group(1));
        progress.accept(code);
        if (code >= 300) {
            failed(code, status.group(2).strip());
        } else if (code >= 200) {
            done();
        }
    }

    private void done() {
        CompletableFuture<Void> finished = open;
        close();
        if (finished != null) {
            finished.complete(null);
        }
    }

    private void failed(int status, String reason) {
        CompletableFuture<Void> finished = open;
        close();
        if (finished != null) {
            finished.completeExceptionally(new SignalFailure(status, reason));
        }
    }

    private void close() {
        open = null;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /** REFER: they ask us to ring somebody. */
    void asked(SIPRequest request, SIPServerTransaction transaction) {
        List<String> targets = Messages.values(request, "Refer-To");
        if (targets.size() != 1) {
            leg.reply(request, transaction, 400, leg.warning(399, "one Refer-To is needed"));
            return;
        }
        Optional<String> to = address(targets.get(0));
        if (to.isEmpty() || !leg.listener().referred(to.get())) {
            leg.reply(request, transaction, 603);
            return;
        }
        boolean quiet = Messages.value(request, "Refer-Sub")
                .filter("false"::equalsIgnoreCase)
                .isPresent();
        if (quiet) {
            leg.reply(request, transaction, 202, "Refer-Sub: false");
            return;
        }
        leg.reply(request, transaction, 202);
        notify("SIP/2.0 200 OK", "terminated;reason=noresource");
    }

    /** Of {@code "Name" <sip:...>;parameters} or {@code sip:...}. */
    private static Optional<String> address(String value) {
        int begin = value.indexOf('<');
        int end = value.indexOf('>', begin + 1);
        String uri = begin >= 0 && end > begin ? value.substring(begin + 1, end) : value.split("[;\\s]", 2)[0];
        return uri.matches("(?i)(sips?|tel):.+") ? Optional.of(uri) : Optional.empty();
    }

    private void notify(String fragment, String state) {
        List<String> headers = List.of("Event: refer", "Subscription-State: " + state);
        new Exchange(
                        core,
                        leg.line(),
                        leg.trunk(),
                        leg.dialog()::hop,
                        () -> leg.dialog()
                                .request("NOTIFY", headers, new Body("message/sipfrag;version=2.0", fragment + "\r\n")),
                        response -> {})
                .start();
    }

    void stop() {
        failed(481, "the call has ended");
    }
}
