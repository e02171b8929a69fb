package org.caravox.itests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.caravox.itests.faults.Attempt.attempt;
import static org.caravox.itests.faults.Attempt.json;
import static org.caravox.itests.faults.Attempt.upload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.caravox.itests.audio.BundledFfmpeg;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.audio.Wav;
import org.caravox.itests.hub.Answer;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.Form;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a request is told in one sentence, with the right status, and nothing else is told. */
class BadInputTest {

    private static final byte[] CLIP = Sample.PHONE_CLIP.bytes();
    private static final byte[] TEXT =
            "this is a shopping list, not a recording\n".repeat(40).getBytes(StandardCharsets.UTF_8);

    private static Caller caller;

    @BeforeAll
    static void call() {
        caller = SharedHub.hub().newTenant();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"keys", "bodies", "fields", "uploads", "wavs", "pages"})
    void a_bad_request_is_refused_with_a_sentence(Attempt attempt) {
        Answer answer = attempt.by(caller);

        assertThat(answer.status()).as(answer.text()).isEqualTo(attempt.status());
        ProblemAssert.assertThat(answer).tells(attempt.error());
    }

    static Stream<Attempt> keys() {
        Caller nobody = SharedHub.hub().nobody();
        Caller wrong = new Caller(nobody.url(), "cvx_wrong");
        return Stream.of(
                attempt("no key", 401, "no API key", caller -> nobody.get("/jobs")),
                attempt("no key, with a recording", 401, "no API key", caller -> nobody.upload(CLIP, Map.of())),
                attempt("a wrong key", 401, "not known", caller -> wrong.get("/jobs")),
                attempt("a path that is not there", 404, "/openapi.json", caller -> caller.get("/nowhere")),
                attempt("a method that is not taken", 405, "DELETE", caller -> caller.delete("/transcribe")));
    }

    static Stream<Attempt> bodies() {
        return Stream.of(
                json("malformed", 400, "line 1, column 16", "{\"userId\": \"u\",,}"),
                json("malformed on the second line", 400, "line 2, column", "{\"userId\": \"u\",\n nope}"),
                json("cut off", 400, "malformed JSON", "{\"userId\": \"u\""),
                json("a name twice", 400, "userId", "{\"userId\": \"u\", \"userId\": \"v\"}"),
                json("something behind it", 400, "malformed JSON", "{} {}"),
                json("no object", 400, "JSON object", "[1]"),
                json("empty", 400, "JSON", ""),
                json("nested too deep", 413, "200 levels", "{\"metadata\":" + "[".repeat(5000)),
                json("over a megabyte", 413, "1048576", "{\"userId\": \"" + "u".repeat(1 << 20) + "\"}"),
                attempt(
                        "JSON without its content type",
                        415,
                        "application/json",
                        caller -> caller.upload(
                                "{\"userId\":\"u\"}".getBytes(StandardCharsets.UTF_8), Map.of("userId", "u"))),
                attempt(
                        "a form without a boundary",
                        400,
                        "multipart",
                        caller -> caller.send(
                                caller.uploading(CLIP, Map.of()).setHeader("Content-Type", "multipart/form-data"))),
                attempt(
                        "a form without a file",
                        422,
                        "file",
                        caller -> caller.send(new Form().field("userId", "u").of(caller))),
                attempt(
                        "a form with two files",
                        422,
                        "more than one",
                        caller -> caller.send(new Form()
                                .field("userId", "u")
                                .file(CLIP)
                                .file(CLIP)
                                .of(caller))),
                attempt(
                        "a form that is cut off",
                        400,
                        "multipart",
                        caller -> caller.send(caller.uploading(
                                        "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nRIFF"
                                                .getBytes(StandardCharsets.UTF_8),
                                        Map.of())
                                .setHeader("Content-Type", "multipart/form-data; boundary=x"))));
    }

    static Stream<Attempt> fields() {
        return Stream.of(
                upload("an unknown mode", 422, "sync, async, stream", CLIP, "mode", "fast"),
                upload("an unknown field", 422, "\"colour\"", CLIP, "colour", "red"),
                upload("an unknown language", 422, "en", CLIP, "language", "tlh"),
                upload("an unknown model", 422, "vosk-model-en", CLIP, "model", "nova-9"),
                upload("an unknown provider", 422, "vosk", CLIP, "provider", "acme"),
                upload("a priority of 10", 422, "0 to 9", CLIP, "priority", "10"),
                upload("a priority of 1.5", 422, "whole number", CLIP, "priority", "1.5"),
                upload("a negative duration", 422, "audioDuration", CLIP, "audioDuration", "-1"),
                upload("a duration in words", 422, "audioDuration", CLIP, "audioDuration", "long"),
                upload("metadata that is no object", 422, "metadata", CLIP, "metadata", "[1]"),
                upload("metadata with something behind it", 422, "metadata", CLIP, "metadata", "{} x"),
                upload("a number in metadata that none can keep", 422, "metadata", CLIP, "metadata", "{\"a\":1e400}"),
                json("a number that none can keep", 422, "metadata", withNumber("1e200000")),
                json("a number that grows when it is written out", 422, "metadata", withNumber("1e130000")),
                upload("an upload and an address", 422, "audioUrl", CLIP, "audioUrl", "https://example.org/a.wav"),
                upload("a NUL in the user", 422, "userId", CLIP, "userId", "a\0b"),
                attempt("no user", 422, "userId is missing", caller -> caller.upload(CLIP, Map.of())),
                json("an unknown field in JSON", 422, "\"audioURL\"", "{\"audioURL\": \"x\", \"userId\": \"u\"}"),
                json("a user that is a number", 422, "userId must be text", "{\"userId\": 5}"),
                json("no address", 422, "audioUrl is missing", "{\"userId\": \"u\"}"),
                attempt(
                        "an empty Idempotency-Key",
                        422,
                        "Idempotency-Key",
                        caller -> caller.send(
                                caller.uploading(CLIP, Map.of("userId", "u")).header("Idempotency-Key", " "))));
    }

    private static String withNumber(String number) {
        return "{\"userId\": \"u\", \"mode\": \"async\", \"audioUrl\": \"http://127.0.0.1:1/\","
                + " \"metadata\": {\"a\": [" + number + "]}}";
    }

    static Stream<Attempt> uploads() {
        byte[] flac = BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), "flac", "flac");
        byte[] ogg = BundledFfmpeg.encode(Sample.PHONE_CLIP.file(), "libopus", "ogg");
        return Stream.of(
                upload("nothing", 422, "empty", new byte[0]),
                upload("text named .wav", 415, "not a recording", TEXT),
                upload("zeroes", 415, "not a recording", new byte[5000]),
                upload("an HLS playlist that names a file", 415, "not a recording", playlist("/etc/passwd")),
                upload("a concat list that names a file", 415, "not a recording", concat("/etc/passwd")),
                upload("a FLAC that claims days", 422, "at most 320 s", flacOfDays(flac)),
                upload("a FLAC that is cut off", 422, "truncated", Arrays.copyOf(flac, flac.length / 2)),
                upload("an Ogg that is cut off", 422, "truncated", Arrays.copyOf(ogg, ogg.length / 2)),
                upload("too large", 413, "over the limit", new byte[SharedHub.MAX_SIZE_BYTES + 1]),
                attempt(
                        "too large in a form",
                        413,
                        "over the limit",
                        caller -> caller.send(new Form()
                                .file(new byte[SharedHub.MAX_SIZE_BYTES + 1])
                                .of(caller))));
    }

    static Stream<Attempt> wavs() {
        byte[] samples = new byte[32_000];
        return Stream.of(
                upload("zero channels", 422, "zero channels", Wav.withHeader(0, 8000, 32_000, samples)),
                upload("0 Hz", 422, "0 Hz", Wav.withHeader(1, 0, 32_000, samples)),
                upload("2 GB in 1 KB", 422, "2147483647", Wav.withHeader(1, 8000, Integer.MAX_VALUE, new byte[1024])),
                upload("cut off in the data", 422, "truncated", Arrays.copyOf(CLIP, CLIP.length / 2)),
                upload("cut off in the header", 422, "truncated", Arrays.copyOf(CLIP, 20)),
                upload("no data", 422, "empty", Wav.withHeader(1, 8000, 0, new byte[0])),
                upload("300 channels", 422, "channels", Wav.withHeader(300, 8000, 32_000, samples)),
                upload("too long", 422, "at most 320 s", Wav.silence(SharedHub.MAX_SECONDS + 1, 8000)));
    }

    static Stream<Attempt> pages() {
        String unknown = "019aa5c2-0b7d-7a44-8f3e-2d5c9b7a1e60";
        return Stream.of(
                attempt("an unknown job", 404, unknown, caller -> caller.get("/jobs/" + unknown)),
                attempt("an unknown transcript", 404, unknown, caller -> caller.get("/transcripts/" + unknown)),
                attempt("a job by no id", 404, "not found", caller -> caller.get("/jobs/1%27%20or%201=1")),
                attempt("an unknown status", 422, "queued", caller -> caller.get("/jobs?status=asleep")),
                attempt("a limit of 0", 422, "limit", caller -> caller.get("/jobs?limit=0")),
                attempt("a broken cursor", 422, "nextCursor", caller -> caller.get("/transcripts?cursor=x")),
                attempt("a broken time", 422, "from", caller -> caller.get("/transcripts?from=yesterday")),
                attempt(
                        "a time before all time",
                        422,
                        "from",
                        caller -> caller.get("/transcripts?from=-99999-01-01T00:00:00Z")),
                attempt(
                        "a time after all time",
                        422,
                        "to",
                        caller -> caller.get("/transcripts?to=%2B999999999-01-01T00:00:00Z")),
                attempt(
                        "a part of health that is not there",
                        404,
                        "/openapi.json",
                        caller -> caller.get("/health/nothing")),
                attempt(
                        "a form that is not offered",
                        406,
                        "",
                        caller -> caller.send(caller.request("/metrics").header("Accept", "application/json"))),
                attempt("a parameter twice", 422, "twice", caller -> caller.get("/jobs?limit=1&limit=2")),
                attempt("an unknown parameter", 422, "\"page\"", caller -> caller.get("/jobs?page=2")),
                attempt(
                        "an unknown format",
                        422,
                        "srt",
                        caller -> caller.get("/transcripts/" + transcript() + "?format=doc")));
    }

    private static String transcript() {
        return caller.upload(CLIP, Map.of("userId", "u")).expect(200).member("requestId");
    }

    private static byte[] playlist(String file) {
        return ("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://" + file + "\n#EXT-X-ENDLIST\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(String file) {
        return ("ffconcat version 1.0\nfile 'file://" + file + "'\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Sets the number of samples in STREAMINFO (RFC 9639, section 8.2), its 36 bits, to the most there can be. */
    private static byte[] flacOfDays(byte[] flac) {
        byte[] lie = flac.clone();
        lie[21] |= 0x0f;
        Arrays.fill(lie, 22, 26, (byte) 0xff);
        return lie;
    }
}
