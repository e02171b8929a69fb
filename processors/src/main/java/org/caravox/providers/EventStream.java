package org.caravox.providers;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Server-sent events (WHATWG HTML §9.2.6) as they arrive. It allocates nothing for an event: its data stay valid until
 * the next one is asked for. Comments, event names, ids and empty events are passed over, since all providers repeat in
 * the data what they are. Lines may end in LF, CR or both.
 */
public final class EventStream {

    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final byte[] buffer = new byte[8 * 1024];
    private int at;
    private int end;
    private byte[] line = new byte[1024];
    private int lineLength;
    private byte[] data = new byte[1024];
    private int dataLength;
    private boolean hasData;
    private boolean first = true;
    private boolean afterCarriageReturn;

    public EventStream(InputStream in) {
        this.in = in;
    }

    /**
     * Waits for the next event that has data.
     *
     * @return false at the end of the stream; an event that the end cuts off is handed out only if its lines are whole
     * @throws IOException when the stream breaks off, or an event is larger than 16 MiB
     */
    public boolean next() throws IOException {
        dataLength = 0;
        hasData = false;
        while (readLine()) {
            if (lineLength > 0) {
                take();
            } else if (hasData) {
                return true;
            }
        }
        return hasData;
    }

    /** The event's data: the first {@link #length} bytes, in UTF-8. */
    public byte[] data() {
        return data;
    }

    /** How many bytes of data the event has. */
    public int length() {
        return dataLength;
    }

    /** Whether the event's data are this text, given in ASCII. */
    public boolean is(String text) {
        if (text.length() != dataLength) {
            return false;
        }
        for (int i = 0; i < dataLength; i++) {
            if (data[i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Reads on to the end, so that the connection can be used again. */
    public void drain() throws IOException {
        while (fill()) {
            at = end;
        }
    }

    private void take() throws IOException {
        boolean isData = lineLength >= DATA.length
                && Arrays.equals(line, 0, DATA.length, DATA, 0, DATA.length)
                && (lineLength == DATA.length || line[DATA.length] == ':');
        if (!isData) {
            return;
        }
        int from = Math.min(DATA.length + 1, lineLength);
        if (from < lineLength && line[from] == ' ') {
            from++;
        }
        if (hasData) {
            data = roomFor(data, dataLength, 1);
            data[dataLength++] = '\n';
        }
        int count = lineLength - from;
        data = roomFor(data, dataLength, count);
        System.arraycopy(line, from, data, dataLength, count);
        dataLength += count;
        hasData = true;
    }

    /** The next line without its end; false when there is no whole line any more. */
    private boolean readLine() throws IOException {
        lineLength = 0;
        while (at < end || fill()) {
            if (afterCarriageReturn && buffer[at] == '\n') {
                at++;
                afterCarriageReturn = false;
                continue;
            }
            afterCarriageReturn = false;
            int stop = at;
            while (stop < end && buffer[stop] != '\n' && buffer[stop] != '\r') {
                stop++;
            }
            append(stop - at);
            at = stop;
            if (stop < end) {
                afterCarriageReturn = buffer[at++] == '\r';
                dropByteOrderMark();
                return true;
            }
        }
        return false;
    }

    private void append(int count) throws IOException {
        line = roomFor(line, lineLength, count);
        System.arraycopy(buffer, at, line, lineLength, count);
        lineLength += count;
    }

    private void dropByteOrderMark() {
        int mark = BYTE_ORDER_MARK.length;
        if (first && lineLength >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
            lineLength -= mark;
            System.arraycopy(line, mark, line, 0, lineLength);
        }
        first = false;
    }

    private boolean fill() throws IOException {
        int count = in.read(buffer, 0, buffer.length);
        at = 0;
        end = Math.max(count, 0);
        return count > 0;
    }

    private static byte[] roomFor(byte[] bytes, int used, int more) throws IOException {
        if (used + more <= bytes.length) {
            return bytes;
        }
        if (used + more > MOST_BYTES) {
            throw new IOException("an event of the stream is larger than " + MOST_BYTES + " bytes");
        }
        return Arrays.copyOf(bytes, Math.min(MOST_BYTES, Math.max(bytes.length * 2, used + more)));
    }
}
