package org.caravox.providers;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request to a provider.
 *
 * @param method  GET, POST ...
 * @param uri     whole, with its query; it holds no secret
 * @param headers with the credential; never logged
 * @param body    what is sent
 */
public record ProviderCall(String method, URI uri, Map<String, String> headers, Content body) {

    /** What is sent. */
    public sealed interface Content permits None, Bytes, FileContent, Form {}

    /** Nothing. */
    public record None() implements Content {}

    /** A few bytes in memory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    public record Bytes(String contentType, byte[] bytes) implements Content {}

    /** A file, streamed. */
    public record FileContent(String contentType, Path file) implements Content {}

    /** {@code multipart/form-data} (RFC 7578), its files streamed. */
    public record Form(List<Part> parts) implements Content {}

    /**
     * One part of a form.
     *
     * @param name     the field's
     * @param fileName for a file; null for a plain value
     * @param content  {@link Bytes} or {@link FileContent}
     */
    public record Part(String name, @Nullable String fileName, Content content) {}

    public static ProviderCall get(URI uri, Map<String, String> headers) {
        return new ProviderCall("GET", uri, headers, new None());
    }

    public static ProviderCall post(URI uri, Map<String, String> headers, Content body) {
        return new ProviderCall("POST", uri, headers, body);
    }
}
