package org.caravox.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class G711Test {

    @Test
    void mu_law_codes_are_those_of_the_standard() {
        assertThat(G711.toMuLaw((short) 0)).isEqualTo((byte) 0xFF);
        assertThat(G711.toMuLaw((short) -1)).isEqualTo((byte) 0x7F);
        assertThat(G711.toMuLaw(Short.MAX_VALUE)).isEqualTo((byte) 0x80);
        assertThat(G711.toMuLaw(Short.MIN_VALUE)).isEqualTo((byte) 0x00);
        assertThat(G711.fromMuLaw((byte) 0x80)).isEqualTo((short) 32_124);
        assertThat(G711.fromMuLaw((byte) 0x00)).isEqualTo((short) -32_124);
    }

    @Test
    void a_law_codes_are_those_of_the_standard() {
        assertThat(G711.toALaw((short) 0)).isEqualTo((byte) 0xD5);
        assertThat(G711.toALaw((short) -1)).isEqualTo((byte) 0x55);
        assertThat(G711.toALaw(Short.MAX_VALUE)).isEqualTo((byte) 0xAA);
        assertThat(G711.toALaw(Short.MIN_VALUE)).isEqualTo((byte) 0x2A);
        assertThat(G711.fromALaw((byte) 0xAA)).isEqualTo((short) 32_256);
        assertThat(G711.fromALaw((byte) 0xD5)).isEqualTo((short) 8);
    }

    @Test
    void every_sample_is_coded_as_the_reference_does() {
        for (int sample = Short.MIN_VALUE; sample <= Short.MAX_VALUE; sample++) {
            assertThat(G711.toMuLaw((short) sample) & 0xFF)
                    .as("mu-law of " + sample)
                    .isEqualTo(muLaw(sample));
            assertThat(G711.toALaw((short) sample) & 0xFF)
                    .as("A-law of " + sample)
                    .isEqualTo(aLaw(sample));
        }
    }

    @Test
    void every_code_survives_decoding_and_coding_again() {
        byte[] codes = new byte[256];
        for (int code = 0; code < 256; code++) {
            codes[code] = (byte) code;
        }

        assertThat(G711.toALaw(G711.fromALaw(codes))).isEqualTo(codes);

        codes[0x7F] = (byte) 0xFF; // mu-law has two zeros; 16 bits have one
        assertThat(G711.toMuLaw(G711.fromMuLaw(codes))).isEqualTo(codes);
    }

    /** Step by step as ITU-T G.191's ulaw_compress, from the lowest segment up. */
    private static int muLaw(int sample) {
        int magnitude = Math.min((sample < 0 ? ~sample >> 2 : sample >> 2) + 33, 0x1FFF);
        int segment = 1;
        for (int rest = magnitude >> 6; rest != 0; rest >>= 1) {
            segment++;
        }
        int code = ((8 - segment) << 4) + (15 - ((magnitude >> segment) % 16));
        return sample >= 0 ? code + 128 : code;
    }

    /** Step by step as ITU-T G.191's alaw_compress. */
    private static int aLaw(int sample) {
        int code = sample < 0 ? ~sample >> 4 : sample >> 4;
        if (code > 15) {
            int segment = 1;
            while (code > 31) {
                code >>= 1;
                segment++;
            }
            code = code - 16 + segment * 16;
        }
        return (sample >= 0 ? code + 128 : code) ^ 0x55;
    }
}
