package org.caravox.itests.sources;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.caravox.fakes.receivers.Kind;
import org.caravox.fakes.receivers.Receivers;

/** Customers' endpoints, well and sick, in a process of their own. */
public final class EndpointsServer implements AutoCloseable {

    /** A message that was posted; the names of its headers are in lower case. */
    public record Posted(Map<String, List<String>> headers, String body) {

        /** The only value of a header. */
        public String header(String name) {
            return headers.get(name).get(0);
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String address;

    public EndpointsServer() throws IOException {
        process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Receivers.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        address = process.inputReader(StandardCharsets.UTF_8).readLine();
    }

    /** The address of an endpoint that behaves so. */
    public String url(Kind kind, String name) {
        return address + kind.path(name);
    }

    /** What was posted to it, in the order in which it came. */
    public List<Posted> posted(Kind kind, String name) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url(kind, name))).build();
            return JSON.readValue(http.send(request, BodyHandlers.ofByteArray()).body(), new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
