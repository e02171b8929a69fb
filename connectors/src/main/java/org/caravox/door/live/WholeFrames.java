package org.caravox.door.live;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The short way for audio: binary messages of one frame that came as a whole (RFC 6455, section 5.2), which nearly all are,
 * are unmasked and given away here. All else goes on to Netty's decoder, frame by frame, which also finds what is wrong.
 */
final class WholeFrames extends ChannelInboundHandlerAdapter {

    private static final int WHOLE_BINARY = 0x82;
    private static final int WHOLE = 0x80;
    private static final int OPCODE = 0x0f;
    private static final int LAST_OF_DATA = 2;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int TWO_BYTES_FOLLOW = 126;
    private static final int EIGHT_BYTES_FOLLOW = 127;
    private static final int MASK_BYTES = 4;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Consumer<byte[]> audio;
    private long passing;
    private boolean inParts;
    private @Nullable ByteBuf beginning;

    /** @param audio is given the messages */
    WholeFrames(Consumer<byte[]> audio) {
        this.audio = audio;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = withBeginning(context, (ByteBuf) message);
        try {
            while (in.isReadable() && (passing > 0 || frame(in))) {
                pass(context, in);
            }
            if (in.isReadable()) {
                beginning = in.readRetainedSlice(in.readableBytes());
            }
        } finally {
            in.release();
        }
    }

    private ByteBuf withBeginning(ChannelHandlerContext context, ByteBuf more) {
        ByteBuf before = beginning;
        if (before == null) {
            return more;
        }
        beginning = null;
        try {
            return context.alloc()
                    .buffer(before.readableBytes() + more.readableBytes())
                    .writeBytes(before)
                    .writeBytes(more);
        } finally {
            before.release();
            more.release();
        }
    }

    private void pass(ChannelHandlerContext context, ByteBuf in) {
        if (passing > 0) {
            int some = (int) Math.min(passing, in.readableBytes());
            passing -= some;
            context.fireChannelRead(in.readRetainedSlice(some));
        }
    }

    /** Takes the frame that begins here, or sees how much is to be passed on; false when its header is not all there. */
    private boolean frame(ByteBuf in) {
        int at = in.readerIndex();
        if (in.readableBytes() < 2) {
            return false;
        }
        int first = in.getUnsignedByte(at);
        int second = in.getUnsignedByte(at + 1);
        int mask = at + 2 + lengthBytes(second & LENGTH);
        int payload = mask + ((second & MASKED) == 0 ? 0 : MASK_BYTES);
        if (in.writerIndex() < payload) {
            return false;
        }
        long length = length(in, at, second & LENGTH);
        boolean isAudio = first == WHOLE_BINARY && (second & MASKED) != 0 && !inParts;
        if (isAudio && length <= in.writerIndex() - payload && length >= 0) {
            audio.accept(unmasked(in.readerIndex(payload), in.getInt(mask), (int) length));
            return true;
        }
        if ((first & OPCODE) <= LAST_OF_DATA) {
            inParts = (first & WHOLE) == 0;
        }
        passing = length < 0 ? Long.MAX_VALUE : length + payload - at;
        return true;
    }

    private static int lengthBytes(int length) {
        return switch (length) {
            case TWO_BYTES_FOLLOW -> 2;
            case EIGHT_BYTES_FOLLOW -> 8;
            default -> 0;
        };
    }

    private static long length(ByteBuf in, int at, int length) {
        return switch (length) {
            case TWO_BYTES_FOLLOW -> in.getUnsignedShort(at + 2);
            case EIGHT_BYTES_FOLLOW -> in.getLong(at + 2);
            default -> length;
        };
    }

    private static byte[] unmasked(ByteBuf in, int mask, int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        long twice = (mask & 0xffff_ffffL) << 32 | (mask & 0xffff_ffffL);
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ twice);
        }
        for (; i < length; i++) {
            bytes[i] ^= (byte) (mask >> (24 - 8 * (i & 3)));
        }
        return bytes;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ByteBuf before = beginning;
        if (before != null) {
            beginning = null;
            before.release();
        }
        context.fireChannelInactive();
    }
}
