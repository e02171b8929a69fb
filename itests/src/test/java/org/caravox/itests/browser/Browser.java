package org.caravox.itests.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.caravox.itests.hub.Programs;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a screen, as somebody uses it who looks at the hub's pages. */
public final class Browser implements AutoCloseable {

    private static final Path SCREENSHOTS = Path.of("target/screenshots").toAbsolutePath();
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(Level.SEVERE); // it warns of a protocol for this very version, which nothing here needs
    }

    private final ChromeDriver chromium;

    private Browser(ChromeDriver chromium) {
        this.chromium = chromium;
    }

    /**
     * Starts it; without Chromium, skips the test.
     *
     * @param heard a WAV file of 16-bit PCM that its microphone hears, once
     */
    public static Browser start(Path heard) {
        return start(List.of(
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--use-file-for-fake-audio-capture=" + heard + "%noloop"));
    }

    /** Starts it without a microphone; without Chromium, skips the test. */
    public static Browser start() {
        return start(List.of());
    }

    private static Browser start(List<String> more) {
        Optional<Path> program = Programs.find("chromium");
        Optional<Path> driver = Programs.find("chromedriver");
        assumeTrue(
                program.isPresent() && driver.isPresent(),
                "no chromium and chromedriver on the PATH: pages are not tested"
                        + " (apt-get install chromium chromium-driver)");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program.get().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // root has none
                "--disable-dev-shm-usage",
                "--disable-gpu");
        options.addArguments(more);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        return new Browser(new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.get().toFile())
                        .usingAnyFreePort()
                        .build(),
                options));
    }

    /** Goes to a page, in a window of that width and 800 pixels high, light or dark. */
    public void open(String address, int width, boolean dark) {
        chromium.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 500));
        chromium.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        chromium.get(address);
    }

    public WebElement element(String id) {
        return chromium.findElement(By.id(id));
    }

    public String text(String id) {
        return element(id).getText();
    }

    /** Puts a text in the place of what a field has. */
    public void fill(String id, String text) {
        WebElement field = element(id);
        field.sendKeys(Keys.chord(Keys.CONTROL, "a"));
        field.sendKeys(text);
    }

    /** Whether somebody can use it. */
    public boolean enabled(String id) {
        return element(id).isEnabled();
    }

    /** The elements that a CSS selector means. */
    public List<WebElement> all(String selector) {
        return chromium.findElements(By.cssSelector(selector));
    }

    /** Presses the tabulator until an element has the focus, as somebody does who has no mouse. */
    public void tabTo(String id, int most) {
        for (int i = 0; i < most && !id.equals(focus()); i++) {
            press(Keys.TAB);
        }
        assertThat(focus()).isEqualTo(id);
    }

    /** Waits until an element's text has this in it, which is a regular expression. */
    public void await(String id, String pattern) {
        Awaitility.await(id)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .ignoreException(NoSuchElementException.class)
                .untilAsserted(() -> assertThat(text(id)).containsPattern(pattern));
    }

    /** Presses a key, wherever the focus is. */
    public void press(CharSequence... keys) {
        chromium.switchTo().activeElement().sendKeys(keys);
    }

    /** The id of the element that has the focus. */
    public String focus() {
        return chromium.switchTo().activeElement().getDomAttribute("id");
    }

    /** Whether all of the page is as wide as the window at most. */
    public boolean fits() {
        return Boolean.TRUE.equals(chromium.executeScript(
                "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    }

    /** What the browser complains of: errors of scripts, and what could not be loaded. */
    public List<String> complaints() {
        return chromium.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Keeps a picture of the window as {@code target/screenshots/<name>.png}. */
    public void picture(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), chromium.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        chromium.quit();
    }
}
