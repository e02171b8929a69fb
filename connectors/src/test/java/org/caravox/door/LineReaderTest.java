package org.caravox.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    private static List<String> read(String text) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader =
                new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 100_000)) {
            while (reader.next()) {
                String line = new String(reader.bytes(), StandardCharsets.UTF_8);
                lines.add(reader.number() + ":" + (reader.tooLong() ? "too long" : line));
            }
        }
        return lines;
    }

    @Test
    void blank_lines_are_skipped_and_count() throws IOException {
        assertThat(read("\n \t\r\na\n\nb")).containsExactly("3:a", "5:b");
    }

    @Test
    void a_last_line_needs_no_end() throws IOException {
        assertThat(read("a\nb\n")).containsExactly("1:a", "2:b");
        assertThat(read("")).isEmpty();
    }

    @Test
    void lines_that_are_longer_than_the_buffer_are_whole() throws IOException {
        String line = "x".repeat(100_000);

        assertThat(read(line + "\nb")).containsExactly("1:" + line, "2:b");
    }

    @Test
    void a_line_that_is_too_long_is_passed_over() throws IOException {
        assertThat(read("a\n" + "x".repeat(300_000) + "\nb")).containsExactly("1:a", "2:too long", "3:b");
    }
}
