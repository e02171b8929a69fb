package org.caravox.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Reads an answer up to a size. One that is longer is handed over when it gets there, and the rest is not awaited. */
final class AnswerReader extends AbstractBinResponseConsumer<Answer> {

    private final int most;
    private final Consumer<Answer> enough;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private @Nullable String retryAfter;

    /** @param enough gets an answer that is longer than {@code most} bytes */
    AnswerReader(int most, Consumer<Answer> enough) {
        this.most = most;
        this.enough = enough;
    }

    @Override
    protected void start(HttpResponse response, @Nullable ContentType contentType) {
        status = response.getCode();
        Header header = response.getFirstHeader("Retry-After");
        retryAfter = header == null ? null : header.getValue();
    }

    @Override
    protected int capacityIncrement() {
        return most;
    }

    @Override
    protected void data(ByteBuffer src, boolean endOfStream) throws IOException {
        int taken = Math.min(src.remaining(), most - body.size());
        boolean over = src.remaining() > taken;
        byte[] bytes = new byte[taken];
        src.get(bytes);
        body.writeBytes(bytes);
        src.position(src.limit());
        if (over) {
            enough.accept(buildResult());
            // else the thread of all connections would go on reading as long as the other side is fast enough
            throw new IOException("the rest of a long answer is not read");
        }
    }

    @Override
    protected Answer buildResult() {
        return new Answer(status, body.toString(StandardCharsets.UTF_8), retryAfter);
    }

    @Override
    public void releaseResources() {}
}
