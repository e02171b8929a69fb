package org.caravox.itests.sources;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
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
        address = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** The address of an endpoint that behaves so. */
    public String url(Kind kind, String name) {
        return address + kind.path(name);
    }

    /** What was posted to it, in the order in which it came. */
    public List<Posted> posted(Kind kind, String name) {
        try {
            return JSON.readValue(URI.create(url(kind, name)).toURL(), new TypeReference<List<Posted>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
