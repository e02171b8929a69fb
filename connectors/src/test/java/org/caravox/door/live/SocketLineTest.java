package org.caravox.door.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SocketLineTest {

    private static final byte PING = (byte) 0x89;
    private static final byte[] PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};

    private final AtomicLong now = new AtomicLong();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Told told = new Told();
    private final SocketLine line = new SocketLine(channel, told, now::get);

    /** What a codec is told. */
    private static final class Told implements LiveCodec {
        private int closed;

        @Override
        public void opened(LiveLine line) {}

        @Override
        public void text(String text) {}

        @Override
        public void binary(byte[] bytes) {}

        @Override
        public void slow() {}

        @Override
        public void closed() {
            closed++;
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    private int pings() {
        int pings = 0;
        for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
            pings += sent.readableBytes() > 0 && sent.getByte(0) == PING ? 1 : 0;
            sent.release();
        }
        return pings;
    }

    @Test
    void a_client_that_answers_pings_stays() {
        line.begin(Unpooled.EMPTY_BUFFER);
        for (int i = 0; i < 30; i++) {
            pass(Duration.ofSeconds(20));
            assertThat(pings()).isEqualTo(1);
            channel.writeInbound(Unpooled.wrappedBuffer(PONG));
        }

        assertThat(channel.isOpen()).isTrue();
        assertThat(told.closed).isZero();
    }

    @Test
    void a_client_that_answers_no_ping_is_gone_after_a_minute() {
        line.begin(Unpooled.EMPTY_BUFFER);
        pass(Duration.ofSeconds(20));
        pass(Duration.ofSeconds(20));
        assertThat(pings()).isEqualTo(2);
        assertThat(channel.isOpen()).isTrue();

        pass(Duration.ofSeconds(20));

        assertThat(channel.isOpen()).isFalse();
        assertThat(told.closed).isEqualTo(1);
    }

    @Test
    void a_client_that_is_not_read_from_is_not_taken_for_gone() {
        line.begin(Unpooled.EMPTY_BUFFER);
        line.pause();
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(20));
        }

        assertThat(channel.isOpen()).isTrue();
    }
}
