package org.caravox.itests.hub;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/** A multipart form (RFC 7578), as browsers and curl -F send it. */
public final class Form {

    private static final String BOUNDARY = "----a-boundary-that-is-in-no-recording";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    public Form field(String name, String value) {
        part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public Form file(byte[] recording) {
        part("name=\"file\"; filename=\"recording.bin\"", recording);
        return this;
    }

    private void part(String disposition, byte[] content) {
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    /** The form, to be sent to {@code /transcribe}. */
    public HttpRequest.Builder of(Caller caller) {
        return of(caller, "/transcribe");
    }

    /** The form, to be sent to a path. */
    public HttpRequest.Builder of(Caller caller, String path) {
        body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return caller.request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArray(body.toByteArray()));
    }
}
