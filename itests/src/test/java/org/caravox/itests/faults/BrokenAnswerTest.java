package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.commons.io.input.BrokenInputStream;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.caravox.door.CallerConnections;
import org.caravox.door.StreamedAnswer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An answer that cannot be finished must not look as if it were whole. */
class BrokenAnswerTest {

    private static final byte[] PIECE = "a piece".getBytes(StandardCharsets.US_ASCII);
    private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";

    private final Tomcat tomcat = new Tomcat();
    private final CompletableFuture<Boolean> sent = new CompletableFuture<>();

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path folder;

    private InputStream source = InputStream.nullInputStream();

    /** The page for what the web server takes for failures: it writes them to its log as well. */
    private final class Telling extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            failures.add(String.valueOf(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION)));
        }
    }

    /** Answers as Camel does: on another thread than the web server's. */
    private final class Answering extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext async = request.startAsync();
            Exchange exchange = new DefaultExchange(new DefaultCamelContext());
            exchange.getIn().setHeader("CamelHttpServletRequest", request);
            exchange.getIn().setHeader("CamelHttpServletResponse", response);
            exchange.getIn().setHeader("dg-request-id", "7");
            exchange.getIn().setHeader("secret", "kept");
            Thread thread = new Thread(() -> {
                try {
                    boolean whole =
                            StreamedAnswer.begin(exchange, 200, "audio/mpeg").pour(source);
                    if (whole) {
                        async.complete(); // otherwise the web server finds out first
                    }
                    sent.complete(whole);
                } catch (IOException | RuntimeException e) {
                    sent.completeExceptionally(e);
                }
            });
            thread.start();
        }
    }

    @BeforeEach
    void start() throws LifecycleException {
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", folder.toString());
        tomcat.getEngine().getPipeline().addValve(new CallerConnections(Duration.ofHours(1)));
        Tomcat.addServlet(context, "answering", new Answering()).setAsyncSupported(true);
        context.addServletMappingDecoded("/", "answering");
        Tomcat.addServlet(context, "telling", new Telling()).setAsyncSupported(true);
        context.addServletMappingDecoded("/error", "telling");
        ErrorPage page = new ErrorPage();
        page.setLocation("/error");
        context.addErrorPage(page);
        tomcat.getConnector();
        tomcat.start();
    }

    @AfterEach
    void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }

    private String answer() throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), tomcat.getConnector().getLocalPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void one_that_is_whole_ends_as_http_says() throws Exception {
        source = new ByteArrayInputStream(PIECE);

        assertThat(answer())
                .startsWith("HTTP/1.1 200")
                .contains("audio/mpeg", "dg-request-id: 7", "a piece")
                .doesNotContain("secret")
                .endsWith(END_OF_CHUNKS);
        assertThat(sent.get()).isTrue();
    }

    @Test
    void one_whose_source_fails_is_cut_off() throws Exception {
        source = new SequenceInputStream(
                new ByteArrayInputStream(PIECE),
                new BrokenInputStream(() -> new IOException("the provider broke off")));

        assertThat(answer()).startsWith("HTTP/1.1 200").contains("a piece").doesNotEndWith(END_OF_CHUNKS);
        assertThat(sent.get()).isFalse();
        tomcat.stop(); // ends what is under way
        assertThat(failures).isEmpty();
    }
}
