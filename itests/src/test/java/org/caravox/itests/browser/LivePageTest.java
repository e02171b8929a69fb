package org.caravox.itests.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.caravox.audio.G711;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page that transcribes what somebody says, with the embedded recognizer. */
class LivePageTest {

    private static final int HEADER_BYTES = 58;
    private static final String SPOKEN = "my name is";
    private static final String MILLISECONDS = "\\d+ ms";

    @TempDir
    private static Path folder;

    private static Browser browser;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.start(clip());
        caller = SharedHub.hub().newTenant();
    }

    /** The clip of a phone as linear PCM, which a fake microphone takes. */
    private static Path clip() throws IOException {
        byte[] file = Sample.PHONE_CLIP.bytes();
        byte[] pcm = G711.fromMuLaw(Arrays.copyOfRange(file, HEADER_BYTES, file.length));
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        wav.writeBytes(new RawAudio(Encoding.LINEAR16, 8_000, 1).wavHeader(pcm.length));
        wav.writeBytes(pcm);
        return Files.write(folder.resolve("clip.wav"), wav.toByteArray());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private static void open(int width, boolean dark) {
        browser.open(caller.url() + "/live", width, dark);
    }

    @Test
    void the_microphones_words_appear_as_they_are_spoken_with_nothing_but_the_keyboard() {
        open(1024, false);
        assertThat(browser.focus()).isEqualTo("key");
        browser.press(Keys.chord(Keys.CONTROL, "a"), caller.key(), Keys.ENTER);

        browser.await("words", SPOKEN);
        browser.await("interim-latency", MILLISECONDS);
        assertThat(browser.text("heard-by")).isEqualTo("vosk");
        browser.picture("live-microphone");
        assertThat(browser.focus()).isEqualTo("stop");
        browser.press(Keys.ENTER);

        browser.await("state", "stored as [0-9a-f-]{36}");
        browser.await("final-latency", MILLISECONDS);
        assertThat(browser.focus()).isEqualTo("microphone");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_file_is_transcribed_to_its_end_on_a_telephones_dark_screen() {
        open(390, true);
        browser.element("key").clear();
        browser.element("key").sendKeys(caller.key());
        browser.element("file").sendKeys(Sample.PHONE_CLIP.file().toString());

        browser.await("words", SPOKEN);
        assertThat(browser.fits()).isTrue();
        browser.picture("live-file-dark-390");

        browser.await("state", "stored as [0-9a-f-]{36}");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_wrong_key_is_told() {
        open(390, false);
        browser.element("key").clear();
        browser.element("key").sendKeys("wrong");
        browser.element("microphone").click();

        browser.await("state", "refused the stream");
        browser.picture("live-refused-390");
    }
}
