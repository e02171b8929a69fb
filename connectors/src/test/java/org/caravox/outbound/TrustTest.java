package org.caravox.outbound;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with the file of authorities is told with the setting and the file. */
class TrustTest {

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void a_file_without_certificates_is_refused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("authorities.pem"), text);

        assertThatThrownBy(() -> Trust.with(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("caravox.outbound.trust: " + file)
                .hasMessageContaining("certificate");
    }

    @Test
    void a_file_that_is_not_there_is_told_of() {
        assertThatThrownBy(() -> Trust.with(folder.resolve("missing.pem")))
                .hasMessageStartingWith("caravox.outbound.trust: the file ")
                .hasMessageEndingWith("missing.pem cannot be read");
    }
}
