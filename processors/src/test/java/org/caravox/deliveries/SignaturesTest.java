package org.caravox.deliveries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against vectors on which six independent implementations agree. */
class SignaturesTest {

    private static final Path VECTORS = Path.of("..", "..", "shared", "facts", "standard-webhooks-vectors.json");

    private static JsonNode vectors;

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.exists(VECTORS), "the vectors are not part of the sources");
        vectors = new ObjectMapper().readTree(VECTORS.toFile());
    }

    @Test
    void v1_and_v1a_are_what_others_compute() {
        String expected = vectors.at("/v1/0/signature").asText() + " "
                + vectors.at("/v1a/signature").asText();

        assertThat(sign(List.of(secret(0)), true)).isEqualTo(expected);
    }

    @Test
    void during_a_rotation_the_new_secret_signs_first_and_the_old_one_too() {
        assertThat(sign(List.of(secret(0), secret(1)), false))
                .isEqualTo(vectors.path("rotationHeader").asText());
    }

    @Test
    void the_public_key_of_a_secret_is_what_others_compute() {
        assertThat(Signatures.publicKey(secret(0)))
                .isEqualTo(vectors.at("/v1a/publicKey").asText());
    }

    @Test
    void a_secret_of_another_length_signs_with_ed25519_too() {
        String secret = "whsec_" + "A".repeat(32);

        assertThat(Arrays.asList(sign(List.of(secret), true).split(" "))).hasSize(2);
        assertThat(Signatures.publicKey(secret)).startsWith("whpk_");
    }

    private static String secret(int index) {
        return vectors.at("/v1/" + index + "/secret").asText();
    }

    private static String sign(List<String> secrets, boolean asymmetric) {
        return Signatures.of(
                secrets,
                asymmetric,
                vectors.path("webhook-id").asText(),
                Instant.ofEpochSecond(vectors.path("webhook-timestamp").asLong()),
                vectors.path("body").asText());
    }
}
