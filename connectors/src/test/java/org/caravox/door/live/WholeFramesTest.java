package org.caravox.door.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeFramesTest {

    private final Random random = new Random(1);
    private final List<String> came = new ArrayList<>();
    private final EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
    private final EmbeddedChannel hub = new EmbeddedChannel(
            new WholeFrames(audio -> came.add("audio " + Arrays.hashCode(audio))),
            new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                    .closeOnProtocolViolation(false)
                    .maxFramePayloadLength(1_000_000)
                    .build()),
            new WebSocketFrameAggregator(1_000_000),
            new SimpleChannelInboundHandler<WebSocketFrame>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
                    take(frame);
                }
            });

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 640, 100_000, 1_000_000})
    void what_is_sent_comes_in_order_however_the_network_cuts_it(int piece) {
        List<String> sent = new ArrayList<>();
        ByteBuf wire = Unpooled.buffer();
        for (int length : new int[] {0, 1, 9, 125, 126, 640, 65_535, 65_536, 100_000}) {
            sent.add(send(wire, length));
            send(wire, new TextWebSocketFrame("text " + length));
            sent.add("text " + length);
            sent.add(sendInParts(wire, length));
        }

        while (wire.isReadable()) {
            hub.writeInbound(wire.readBytes(Math.min(piece, wire.readableBytes())));
        }

        assertThat(came).isEqualTo(sent);
        wire.release();
    }

    @Test
    void a_frame_that_is_not_masked_is_refused() {
        ByteBuf wire = Unpooled.wrappedBuffer(new byte[] {(byte) 0x82, 2, 1, 2});

        assertThatThrownBy(() -> hub.writeInbound(wire)).isInstanceOf(CorruptedWebSocketFrameException.class);
    }

    @Test
    void a_length_that_cannot_be_is_refused() {
        byte[] header = new byte[14];
        Arrays.fill(header, (byte) 0xff);
        header[0] = (byte) 0x82;

        assertThatThrownBy(() -> hub.writeInbound(Unpooled.wrappedBuffer(header)))
                .isInstanceOf(CorruptedWebSocketFrameException.class);
    }

    private void take(WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame text) {
            came.add(text.text());
        } else if (frame instanceof BinaryWebSocketFrame binary) {
            came.add("audio " + Arrays.hashCode(ByteBufUtil.getBytes(binary.content())));
        }
    }

    private String send(ByteBuf wire, int length) {
        byte[] audio = audio(length);
        send(wire, new BinaryWebSocketFrame(Unpooled.wrappedBuffer(audio)));
        return "audio " + Arrays.hashCode(audio);
    }

    /** With a ping between the parts, as the protocol allows. */
    private String sendInParts(ByteBuf wire, int length) {
        byte[] audio = audio(length);
        int middle = length / 2;
        send(wire, new BinaryWebSocketFrame(false, 0, Unpooled.copiedBuffer(audio, 0, middle)));
        send(wire, new PingWebSocketFrame());
        send(wire, new ContinuationWebSocketFrame(true, 0, Unpooled.copiedBuffer(audio, middle, length - middle)));
        return "audio " + Arrays.hashCode(audio);
    }

    private byte[] audio(int length) {
        byte[] audio = new byte[length];
        random.nextBytes(audio);
        return audio;
    }

    private void send(ByteBuf wire, WebSocketFrame frame) {
        client.writeOutbound(frame);
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            wire.writeBytes(part);
            part.release();
        }
    }
}
