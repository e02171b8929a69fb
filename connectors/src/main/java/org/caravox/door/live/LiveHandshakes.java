package org.caravox.door.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.EventLoop;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.caravox.door.Admission;
import org.caravox.door.Told;
import org.caravox.requests.Refusal;
import org.caravox.requests.RequestIds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Answers the handshakes of WebSockets (RFC 6455, section 4) at the paths of live doors; what is no handshake passes. A
 * client is let in, or refused with an HTTP answer, before its socket is taken over.
 */
public final class LiveHandshakes implements Filter {

    private static final Logger log = LoggerFactory.getLogger(LiveHandshakes.class);
    private static final String PROTOCOLS = "Sec-WebSocket-Protocol";
    private static final String VERSION = "Sec-WebSocket-Version";
    private static final String KEY = "Sec-WebSocket-Key";
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
    private static final int KEY_BYTES = 16;

    /** A handshake whose client hung up while it was answered never becomes a socket. */
    private static final Duration BEGUN_WITHIN = Duration.ofSeconds(10);

    private final List<LiveDoor> doors;
    private final Admission admission;
    private final LiveLoops loops;
    private final ObjectMapper json;

    public LiveHandshakes(List<LiveDoor> doors, Admission admission, LiveLoops loops, ObjectMapper json) {
        this.doors = List.copyOf(doors);
        this.admission = admission;
        this.loops = loops;
        this.json = json;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        Optional<LiveDoor> door = "websocket".equalsIgnoreCase(http.getHeader("Upgrade"))
                ? doors.stream().filter(one -> one.takes(http.getRequestURI())).findFirst()
                : Optional.empty();
        if (door.isPresent()) {
            answer(door.get(), http, (HttpServletResponse) response);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void answer(LiveDoor door, HttpServletRequest http, HttpServletResponse response)
            throws IOException, ServletException {
        UUID id = RequestIds.next();
        response.setHeader("X-Request-Id", id.toString());
        MDC.put("request", id.toString());
        try {
            String accept = check(http, response);
            EventLoop loop = loops.next();
            accept(door.open(new LiveKnock(id, http, key(http), loop, admission)), accept, http, response);
        } catch (RuntimeException e) {
            refuse(door, id, e, response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(door, id, e, response);
        } finally {
            MDC.remove("request");
        }
    }

    /** Gives what the key of the handshake is answered with. */
    private static String check(HttpServletRequest http, HttpServletResponse response) {
        String key = http.getHeader(KEY);
        if (!http.getMethod().equals("GET") || key == null || !isKey(key.strip())) {
            throw new Refusal(
                    Refusal.Reason.MALFORMED, "this is no handshake of a WebSocket: GET and " + KEY + " are missing");
        }
        if (!"13".equals(http.getHeader(VERSION))) {
            response.setHeader(VERSION, "13");
            throw new Refusal(
                    Refusal.Reason.MALFORMED, "WebSockets are spoken in version 13: send " + VERSION + ": 13");
        }
        return accept(key.strip());
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** SHA-1 is the protocol's; nothing here is secret. */
    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** From the headers; browsers cannot set those, and name the key as a sub-protocol. */
    private static Optional<String> key(HttpServletRequest http) {
        Optional<String> byHeader = Admission.key(http);
        List<String> protocols = protocols(http);
        return byHeader.isPresent() || protocols.size() < 2 || !isScheme(protocols.get(0))
                ? byHeader
                : Optional.of(protocols.get(1));
    }

    private static boolean isScheme(String protocol) {
        String word = protocol.toLowerCase(Locale.ROOT);
        return word.equals("token") || word.equals("bearer");
    }

    private static List<String> protocols(HttpServletRequest http) {
        String offered = http.getHeader(PROTOCOLS);
        return offered == null
                ? List.of()
                : Arrays.stream(offered.split(","))
                        .map(String::strip)
                        .filter(one -> !one.isEmpty())
                        .toList();
    }

    private static void accept(
            LiveDoor.Opened opened, String accept, HttpServletRequest http, HttpServletResponse response)
            throws IOException, ServletException {
        response.setHeader("Upgrade", "websocket");
        response.setHeader("Connection", "Upgrade");
        response.setHeader("Sec-WebSocket-Accept", accept);
        protocols(http).stream().findFirst().ifPresent(first -> response.setHeader(PROTOCOLS, first));
        opened.headers().forEach(response::setHeader);
        AdoptedSocket socket;
        try {
            socket = http.upgrade(AdoptedSocket.class);
        } catch (IOException | ServletException | RuntimeException e) {
            opened.loop().execute(() -> opened.codec().closed());
            throw e;
        }
        socket.begins(opened);
        var unused = opened.loop()
                .schedule(
                        () -> {
                            if (!socket.begun()) {
                                opened.codec().closed();
                            }
                        },
                        BEGUN_WITHIN.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void refuse(LiveDoor door, UUID id, Exception failure, HttpServletResponse response) throws IOException {
        Told told = Told.of(failure);
        LiveDoor.Refused refused = door.refused(id, told, Optional.of(failure));
        if (told.status() == 500) {
            log.error("stream.failed", failure);
        } else {
            log.info("stream.refused status={} reason=\"{}\"", refused.status(), told.error());
        }
        response.setStatus(refused.status());
        response.setContentType(refused.type());
        refused.headers().forEach(response::setHeader);
        response.setHeader("Connection", "close"); // nothing else comes on it, and all others need its place
        told.retryAfter()
                .ifPresent(wait -> response.setHeader(
                        "Retry-After",
                        Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()))));
        if (refused.status() == 401) {
            response.setHeader("WWW-Authenticate", "Bearer");
        }
        byte[] body = json.writeValueAsBytes(refused.body());
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
