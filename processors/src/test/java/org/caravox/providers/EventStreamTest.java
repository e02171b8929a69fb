package org.caravox.providers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamTest {

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void lines_may_end_in_any_way_and_come_byte_by_byte(String end) throws IOException {
        String text =
                "data: one\n\n: still there\n\nevent: word\nid: 7\ndata:two\ndata: lines\n\ndata\n\ndata: [DONE]\n\n"
                        .replace("\n", end);

        assertThat(events(whole(text))).containsExactly("one", "two\nlines", "", "[DONE]");
        assertThat(events(byteByByte(text))).containsExactly("one", "two\nlines", "", "[DONE]");
    }

    @Test
    void a_byte_order_mark_at_the_beginning_is_not_part_of_the_first_line() throws IOException {
        assertThat(events(whole("\uFEFFdata: one\n\n"))).containsExactly("one");
    }

    @Test
    void what_only_begins_like_data_is_none() throws IOException {
        assertThat(events(whole("database: one\n\nretry: 10\n\n: data: two\n\n")))
                .isEmpty();
    }

    @Test
    void an_event_that_the_end_cuts_off_counts_only_if_its_lines_are_whole() throws IOException {
        assertThat(events(whole("data: one\n\ndata: two\n"))).containsExactly("one", "two");
        assertThat(events(whole("data: one\n\ndata: tw"))).containsExactly("one");
    }

    @Test
    void long_events_and_many_of_them_come_through() throws IOException {
        String longer = "x".repeat(100_000) + "é";

        assertThat(events(whole(("data: " + longer + "\n\ndata: short\n\n").repeat(3))))
                .containsExactly(longer, "short", longer, "short", longer, "short");
    }

    private static List<String> events(InputStream in) throws IOException {
        EventStream stream = new EventStream(in);
        List<String> events = new ArrayList<>();
        while (stream.next()) {
            String data = new String(stream.data(), 0, stream.length(), StandardCharsets.UTF_8);
            assertThat(stream.is(data)).isEqualTo(data.chars().allMatch(c -> c < 128));
            events.add(data);
        }
        return events;
    }

    private static InputStream whole(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream byteByByte(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(1, length));
            }
        };
    }
}
