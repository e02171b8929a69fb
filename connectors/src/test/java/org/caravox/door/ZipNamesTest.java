package org.caravox.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"call-4711", "2026/november/a.wav", "..a", "naïve"})
    void names_of_files_below_a_folder_stay(String item) {
        assertThat(ZipNames.of(item, "job")).isEqualTo(item);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a", "a/../../b", "/etc/passwd", "a//b", "C:\\a", "a\\..\\b", ".", " ", "_renamed/x"})
    void names_that_lead_elsewhere_become_the_jobs(String item) {
        assertThat(ZipNames.of(item, "job")).isEqualTo("_renamed/job");
    }
}
