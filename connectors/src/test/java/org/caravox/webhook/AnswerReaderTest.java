package org.caravox.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {

    private final List<Answer> handedOver = new ArrayList<>();
    private final AnswerReader reader = new AnswerReader(10, handedOver::add);

    @Test
    void an_answer_that_fits_is_read_to_its_end() throws IOException {
        reader.start(new BasicHttpResponse(200), null);

        reader.data(ByteBuffer.wrap("0123456789".getBytes(UTF_8)), true);

        assertThat(handedOver).isEmpty();
        assertThat(reader.buildResult().body()).isEqualTo("0123456789");
    }

    @Test
    void of_a_longer_one_no_more_is_read_than_is_kept() {
        reader.start(new BasicHttpResponse(200), null);

        assertThatThrownBy(() -> reader.data(ByteBuffer.wrap("0123456789a".getBytes(UTF_8)), false))
                .isInstanceOf(IOException.class);

        assertThat(handedOver).extracting(Answer::body).containsExactly("0123456789");
    }
}
