package org.caravox.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.caravox.fakes.Caller.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is synthesised can be heard, and is as long as the text wants it. */
class SoundTest {

    private static final String TEXT = "Twenty characters !!";
    private static final int MILLIS = 20 * 60;
    private static final FakeProviders FAKES = FakeProviders.start(0);
    private final Caller caller = new Caller(FAKES);

    @AfterAll
    static void close() {
        FAKES.close();
    }

    @ParameterizedTest
    @CsvSource({
        "pcm_8000, 8000, 2",
        "pcm_16000, 16000, 2",
        "pcm_22050, 22050, 2",
        "ulaw_8000, 8000, 1",
        "alaw_8000, 8000, 1"
    })
    void samples_last_60_ms_a_character(String format, int rateHz, int sampleBytes) {
        byte[] sound = elevenLabs(format);

        assertThat(sound).hasSize(MILLIS * rateHz / 1000 * sampleBytes);
    }

    private byte[] elevenLabs(String format) {
        return caller.postJson(
                        "elevenlabs",
                        "/v1/text-to-speech/voice/stream?output_format=" + format,
                        "{'text':'" + TEXT + "'}")
                .bytes();
    }

    /** The JDK's own decoder of G.711 tells whether ours says the same as the linear samples. */
    @ParameterizedTest
    @CsvSource({"ulaw_8000, ULAW", "alaw_8000, ALAW"})
    void g711_sounds_like_the_linear_samples(String format, String encoding) throws IOException {
        byte[] compressed = elevenLabs(format);
        ByteBuffer linear = ByteBuffer.wrap(elevenLabs("pcm_8000")).order(ByteOrder.LITTLE_ENDIAN);
        AudioFormat g711 = new AudioFormat(new AudioFormat.Encoding(encoding), 8000, 8, 1, 1, 8000, false);
        AudioInputStream decoded = AudioSystem.getAudioInputStream(
                AudioFormat.Encoding.PCM_SIGNED,
                new AudioInputStream(new ByteArrayInputStream(compressed), g711, compressed.length));
        ByteBuffer heard = ByteBuffer.wrap(decoded.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);

        assertThat(heard.capacity()).isEqualTo(linear.capacity());
        while (heard.hasRemaining()) {
            assertThat((int) heard.getShort()).isCloseTo(linear.getShort(), org.assertj.core.data.Offset.offset(260));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcm_s16le", "pcm_mulaw", "pcm_alaw", "pcm_f32le"})
    void cartesias_wav_is_read_by_others(String encoding) throws IOException, UnsupportedAudioFileException {
        Answer answer = caller.postJson(
                "cartesia",
                "/tts/bytes",
                "{'model_id':'sonic-3','transcript':'" + TEXT + "','voice':{'mode':'id','id':'v'},"
                        + "'output_format':{'container':'wav','encoding':'" + encoding + "','sample_rate':24000}}");

        AudioInputStream wav = AudioSystem.getAudioInputStream(new ByteArrayInputStream(answer.bytes()));
        assertThat(wav.getFormat().getSampleRate()).isEqualTo(24_000);
        assertThat(wav.getFrameLength()).isEqualTo(24_000L * MILLIS / 1000);
    }

    @ParameterizedTest
    @CsvSource({"mp3, 4944", "opus, 4f676753", "flac, 664c6143", "aac, fff", "wav, 52494646"})
    void openais_formats_look_like_what_they_are(String format, String magic) {
        Answer answer = caller.postJson(
                "openai",
                "/v1/audio/speech",
                "{'model':'tts-1','voice':'alloy','input':'hello','response_format':'" + format + "'}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(HexFormat.of().formatHex(answer.bytes(), 0, 4)).startsWith(magic);
    }

    @Test
    void openais_pcm_has_24_khz() {
        Answer answer = caller.postJson(
                "openai",
                "/v1/audio/speech",
                "{'model':'tts-1','voice':'alloy','input':'" + TEXT + "','response_format':'pcm'}");

        assertThat(answer.bytes()).hasSize(24 * MILLIS * 2);
    }

    @Test
    void deepgram_speaks() {
        String path = "/v1/speak?encoding=linear16&sample_rate=16000&container=none";

        Answer answer = caller.postJson("deepgram", path, "{'text':'" + TEXT + "'}");

        assertThat(answer.bytes()).hasSize(16 * MILLIS * 2);
        assertThat(answer.header("dg-char-count")).isEqualTo("20");
        assertThat(caller.postJson("deepgram", path, "{}").status()).isEqualTo(400);
    }

    @Test
    void azure_speaks_the_text_of_its_document() {
        Answer answer = ssml("<speak version='1.0' xml:lang='en-US'><voice name='a'>" + TEXT + "</voice></speak>");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.bytes()).hasSize(8 * MILLIS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<speak><voice>a & b</voice></speak>", "<speak>no voice</speak>", "<speak><voice>", "hello"})
    void azure_refuses_documents_that_are_broken(String document) {
        Answer answer = ssml(document);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.bytes()).isEmpty();
        assertThat(answer.header("X-RequestId")).isNotEmpty();
    }

    private Answer ssml(String document) {
        return caller.send(caller.to("azure", "/cognitiveservices/v1")
                .header("Content-Type", "application/ssml+xml")
                .header("X-Microsoft-OutputFormat", "raw-8khz-8bit-mono-mulaw")
                .header("User-Agent", "test")
                .POST(BodyPublishers.ofString(document, StandardCharsets.UTF_8)));
    }

    @Test
    void azure_wants_a_format_and_its_content_type() {
        String document = "<speak><voice>a</voice></speak>";

        assertThat(caller.send(caller.to("azure", "/cognitiveservices/v1")
                                .header("Content-Type", "application/ssml+xml")
                                .POST(BodyPublishers.ofString(document)))
                        .status())
                .isEqualTo(400);
        assertThat(caller.send(caller.to("azure", "/cognitiveservices/v1")
                                .header("Content-Type", "text/plain")
                                .header("X-Microsoft-OutputFormat", "raw-8khz-8bit-mono-mulaw")
                                .POST(BodyPublishers.ofString(document)))
                        .status())
                .isEqualTo(415);
    }
}
