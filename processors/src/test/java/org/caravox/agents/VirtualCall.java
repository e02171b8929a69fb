package org.caravox.agents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.caravox.calls.media.Player;

/** A call in virtual time, whose player plays as time goes on. */
final class VirtualCall implements AgentCall, Player {

    static final int RATE = 8_000;

    final VirtualLoop loop;
    final List<String> done = new ArrayList<>();
    boolean outbound;
    long clearedAt = -1;
    private long looked;
    private long queued;
    private long heard;

    VirtualCall(VirtualLoop loop) {
        this.loop = loop;
    }

    private void look() {
        long moved = Math.min(queued, loop.nanos() - looked);
        queued -= moved;
        heard += moved;
        looked = loop.nanos();
    }

    @Override
    public int sampleRateHz() {
        return RATE;
    }

    @Override
    public void play(byte[] pcm) {
        look();
        queued += pcm.length / 2 * 1_000_000_000L / RATE;
    }

    @Override
    public void mark(String name) {}

    @Override
    public void clear() {
        look();
        queued = 0;
        clearedAt = loop.nanos();
    }

    @Override
    public Duration queued() {
        look();
        return Duration.ofNanos(queued);
    }

    @Override
    public Duration heard() {
        look();
        return Duration.ofNanos(heard);
    }

    @Override
    public UUID id() {
        return new UUID(0, 7);
    }

    @Override
    public String tenant() {
        return "demo";
    }

    @Override
    public UUID keyId() {
        return new UUID(0, 1);
    }

    @Override
    public String userId() {
        return "mary";
    }

    @Override
    public String caller() {
        return "+15550001";
    }

    @Override
    public String door() {
        return "sip";
    }

    @Override
    public boolean outbound() {
        return outbound;
    }

    @Override
    public ScheduledExecutorService loop() {
        return loop;
    }

    @Override
    public Player player() {
        return this;
    }

    @Override
    public void press(String keys) {
        done.add("press " + keys);
    }

    @Override
    public void handOver(String number, String briefing) {
        done.add("hand over to " + number + ": " + briefing);
    }

    @Override
    public void hangUp(String reason) {
        done.add("hang up: " + reason);
    }
}
