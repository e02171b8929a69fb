package org.caravox.itests.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.caravox.itests.audio.Sample;
import org.caravox.itests.hub.Caller;
import org.caravox.itests.hub.SharedHub;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The console of the routes: looked at, edited, published and rolled back. */
class RoutesPageTest {

    private static final String ROUTE = "get-event-catalogue";
    private static final String FILE = "deliveries/" + ROUTE + ".camel.yaml";
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String REMARK = "# a remark,   and a layout of somebody's own";

    private static Browser browser;
    private static Caller admin;
    private static Caller caller;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        admin = SharedHub.hub().admin();
        caller = SharedHub.hub().newTenant();
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private static void open(int width, boolean dark, String route, String key) {
        browser.open("about:blank", width, dark);
        browser.open(admin.url() + "/console/routes#" + route, width, dark);
        browser.fill("key", key);
        browser.press(Keys.ENTER);
        browser.await("state", "Version \\d+ is in force");
    }

    @Test
    void with_the_keyboard_alone_somebody_finds_a_route_and_how_its_steps_do() {
        caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u")).expect(200);
        open(1280, false, "", admin.key());

        browser.tabTo("filter", 8);
        browser.press("transcribe-now");
        browser.press(Keys.TAB);
        browser.press(Keys.ENTER);

        browser.await("route-id", "transcribe-now");
        browser.await("steps", "record-transcript\\s+bean: ref:\\S+.*\\s+[1-9]");
        assertThat(browser.fits()).isTrue();
        browser.picture("routes-steps-1280");
        browser.tabTo("tab-steps", 80);
        browser.press(Keys.ARROW_RIGHT);
        assertThat(browser.focus()).isEqualTo("tab-yaml");
        assertThat(browser.element("text").getDomProperty("value")).startsWith("- route:\n    id: transcribe-now\n");
        browser.picture("routes-yaml-1280");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void a_message_is_traced_by_its_id_through_every_route_on_a_telephones_dark_screen() {
        String request = caller.upload(Sample.PHONE_CLIP.bytes(), Map.of("userId", "u"))
                .expect(200)
                .member("requestId");
        open(390, true, "transcribe", admin.key());

        browser.fill("trace-id", request);
        browser.press(Keys.ENTER);

        browser.await("ways", "(?s)transcribe-request.*transcribe-now.*transcribe.*record-transcript");
        assertThat(browser.text("ways")).doesNotContain("john brown");
        assertThat(browser.fits()).isTrue();
        browser.picture("routes-trace-dark-390");
        browser.element("tab-steps").click();
        browser.await("steps", "hear");
        assertThat(browser.fits()).isTrue();
        browser.picture("routes-steps-dark-390");
        browser.element("kamelets-open").click();
        browser.element("kamelet-http-post").findElement(By.tagName("summary")).click();
        browser.await("kamelet-http-post", "(?s)secret\\s+secret.*uri: kamelet:http-post");
        browser.element("copy-http-post").sendKeys(Keys.ENTER);
        browser.await("state", "The snippet of http-post is (in the clipboard|marked)");
        assertThat(browser.fits()).isTrue();
        browser.picture("routes-kamelets-dark-390");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void an_edit_is_checked_published_byte_for_byte_and_rolled_back() {
        String before = text();
        open(1280, true, ROUTE, admin.key());
        browser.element("tab-yaml").click();
        String was = browser.text("state");

        browser.fill("text", before.replace("ref: admission", "reff: admission"));
        browser.element("check").click();
        await().atMost(WITHIN).until(() -> !browser.all("#gutter .wrong").isEmpty());
        int line = before.substring(0, before.indexOf("ref: admission")).split("\n").length;
        assertThat(browser.all("#gutter .wrong"))
                .extracting(each -> each.getText())
                .contains(String.valueOf(line));
        assertThat(browser.text("findings")).contains(FILE + ":" + line).contains("reff");
        browser.picture("routes-error-dark-1280");

        String edited = REMARK + "\n" + before;
        browser.fill("text", edited);
        browser.element("publish").click();
        browser.press("A remark", Keys.ENTER);
        browser.await("state", "Version \\d+ is in force\\. .* hold");
        assertThat(text()).isEqualTo(edited);
        caller.get("/events/catalogue").expect(200);

        browser.element("tab-versions").click();
        browser.await("versions", "A remark");
        browser.all("#versions button[id^=diff-]").get(0).click();
        browser.await("panel", REMARK.substring(2, 10));
        browser.picture("routes-versions-dark-1280");
        browser.all("#versions button[id^=rollback-]:not(:disabled)").get(0).click();
        browser.element("ask-yes").click();
        browser.await("state", "the routes of version \\d+");
        assertThat(text()).isEqualTo(before);
        assertThat(browser.text("state")).isNotEqualTo(was);
    }

    @Test
    void a_viewer_sees_all_and_can_change_nothing() {
        String key = admin.postJson("/keys", Map.of("role", "viewer", "name", "onlooker"))
                .expect(201)
                .member("key");
        open(390, false, ROUTE, key);
        browser.element("tab-yaml").click();

        assertThat(browser.element("text").getDomAttribute("readonly")).isNotNull();
        assertThat(browser.enabled("check")).isFalse();
        assertThat(browser.enabled("publish")).isFalse();
        assertThat(browser.fits()).isTrue();
        browser.picture("routes-viewer-390");
        Caller viewer = new Caller(admin.url(), key);
        viewer.get("/routes/counts").expect(200);
        viewer.postJson("/routes/rollback", Map.of("version", 1)).expect(403);
        caller.get("/routes/traces").expect(403);
    }

    @Test
    void a_wrong_key_is_told() {
        browser.open(admin.url() + "/console/routes", 390, false);
        browser.fill("key", "wrong");
        browser.press(Keys.ENTER);

        browser.await("state", "API key is not known");
        browser.picture("routes-refused-390");
    }

    private static String text() {
        return admin.get("/routes/files?path=" + FILE)
                .expect(200)
                .json()
                .at("/files")
                .get(FILE)
                .asText();
    }
}
