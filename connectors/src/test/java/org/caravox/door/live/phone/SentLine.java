package org.caravox.door.live.phone;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.door.live.LiveLine;

/** Writes down what is sent to a platform. */
final class SentLine implements LiveLine {

    final List<String> sent = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService loop;

    SentLine(ScheduledExecutorService loop) {
        this.loop = loop;
    }

    List<String> closed() {
        List<String> closed = new ArrayList<>(sent);
        closed.removeIf(one -> !one.startsWith("close "));
        return closed;
    }

    @Override
    public ScheduledExecutorService loop() {
        return loop;
    }

    @Override
    public void text(String text) {
        sent.add(text);
    }

    @Override
    public void binary(byte[] bytes) {
        sent.add("binary " + HexFormat.of().formatHex(bytes));
    }

    @Override
    public void pause() {
        sent.add("pause");
    }

    @Override
    public void resume() {
        sent.add("resume");
    }

    @Override
    public void close(int code, String reason) {
        sent.add("close " + code + " " + reason);
    }
}
