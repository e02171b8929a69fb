package org.caravox.fakes;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.caravox.fakes.vendors.Call;
import org.caravox.fakes.vendors.Part;

/** Reads a request to its end. Of recordings only the beginning is kept. */
final class Intake {

    private static final int HEAD_BYTES = 64 * 1024;
    private static final int TEXT_BYTES = 16 * 1024 * 1024;

    /** The beginning of something, and its length. */
    private static final class Head {
        final int keep;
        Buffer kept = Buffer.buffer();
        long bytes;

        Head(int keep) {
            this.keep = keep;
        }

        void add(Buffer piece) {
            bytes += piece.length();
            int more = Math.min(piece.length(), keep - kept.length());
            if (bytes == piece.length() && more == piece.length()) {
                kept = piece;
            } else if (more > 0) {
                kept = kept.copy().appendBuffer(piece, 0, more);
            }
        }
    }

    private final HttpServerRequest request;
    private final String path;
    private final Head body;
    private final List<Part> parts = new ArrayList<>();
    private final Consumer<Call> next;

    private Intake(HttpServerRequest request, String path, Consumer<Call> next) {
        this.request = request;
        this.path = path;
        this.next = next;
        String type = request.headers().get("Content-Type");
        boolean text = type != null && (type.contains("json") || type.contains("xml"));
        this.body = new Head(text ? TEXT_BYTES : HEAD_BYTES);
        if (type != null && type.startsWith("multipart/")) {
            request.setExpectMultipart(true);
            request.uploadHandler(this::upload);
        }
    }

    static void read(HttpServerRequest request, String path, Consumer<Call> next) {
        Intake intake = new Intake(request, path, next);
        request.handler(intake.body::add);
        request.endHandler(ended -> intake.end());
    }

    private void upload(HttpServerFileUpload upload) {
        Head content = new Head(HEAD_BYTES);
        upload.handler(content::add);
        upload.endHandler(ended -> parts.add(new Part(upload.name(), upload.filename(), content.bytes, content.kept)));
    }

    private void end() {
        for (Map.Entry<String, String> field : request.formAttributes()) {
            Buffer value = Buffer.buffer(field.getValue());
            parts.add(new Part(field.getKey(), "", value.length(), value));
        }
        next.accept(new Call(
                request.method().name(),
                path,
                request.params(),
                request.headers(),
                body.kept,
                body.bytes,
                parts,
                Optional.empty()));
    }
}
