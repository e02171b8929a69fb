package org.caravox.deliveries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigningSecretTest {

    @Test
    void those_by_chance_are_different_and_good() {
        String secret = SigningSecret.next();

        assertThat(SigningSecret.check(secret)).isEqualTo(secret).isNotEqualTo(SigningSecret.next());
    }

    @ParameterizedTest
    @CsvSource({
        "c2VjcmV0, must begin with whsec_",
        "whsec_c2VjcmV0, was that of 6",
        "whsec_abc-_abcabcabcabcabcabcabcabcabcabcabc, standard Base64"
    })
    void what_is_wrong_is_told_without_showing_it(String secret, String told) {
        assertThatThrownBy(() -> SigningSecret.check(secret))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(told)
                .hasMessageNotContaining(secret);
    }
}
