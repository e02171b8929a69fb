package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.caravox.itests.audio.BundledFfmpeg;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.Test;

/** What has no end, or does not say where it is, is stopped at the limit. */
class EndlessBodyTest {

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int PATIENCE_MS = 20_000;

    private final Caller caller = SharedHub.hub().newTenant();

    @Test
    void a_body_without_end_is_refused_while_it_is_read() throws IOException {
        URI hub = URI.create(caller.url());
        try (Socket socket = new Socket(hub.getHost(), hub.getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /transcribe?userId=u HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " + caller.key()
                            + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int sent = 0; sent <= SharedHub.MAX_SIZE_BYTES; sent += CHUNK_BYTES) {
                out.write((Integer.toHexString(CHUNK_BYTES) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[CHUNK_BYTES]);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }

            String status = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();

            assertThat(status).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void a_recording_that_hides_its_length_is_decoded_no_further_than_the_limit() throws IOException {
        byte[] flac = flacOfUnknownLength(SharedHub.MAX_SECONDS + 60);

        Answer answer = caller.upload(flac, Map.of("userId", "u", "mode", "sync"));

        assertThat(flac).hasSizeLessThan(500_000);
        assertThat(answer.expect(422).member("error")).contains("at most 320 s");
    }

    /** Silence, with the number of samples in STREAMINFO (RFC 9639, section 8.2) set to 0: not known. */
    private static byte[] flacOfUnknownLength(int seconds) throws IOException {
        var wav = Files.createTempFile("caravox-silence-", ".wav");
        Files.write(wav, Wav.silence(seconds, 8000));
        byte[] flac = BundledFfmpeg.encode(wav, "flac", "flac");
        Files.delete(wav);
        flac[21] &= (byte) 0xf0;
        for (int at = 22; at < 26; at++) {
            flac[at] = 0;
        }
        return flac;
    }
}
