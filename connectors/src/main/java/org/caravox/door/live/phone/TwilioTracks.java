package org.caravox.door.live.phone;

import java.util.Arrays;
import java.util.List;

/**
 * Makes channels of the tracks of a call, which come one message after another: as soon as both have audio it is
 * interleaved. When one track is ahead by more than a fifth of a second the other is taken to be silent, so that a track
 * that stays away holds nothing up. For one thread.
 */
final class TwilioTracks {

    private static final int AHEAD = 1_600;
    private static final byte SILENCE = (byte) 0xFF;
    private static final byte[] NOTHING = {};

    private final int channels;
    private byte[] inbound = NOTHING;
    private byte[] outbound = NOTHING;

    /** @param channels 1 passes on what comes; 2 interleaves */
    TwilioTracks(int channels) {
        this.channels = channels;
    }

    /** Takes the audio of a track; gives what is ready to be heard. */
    byte[] add(boolean isOutbound, byte[] audio) {
        if (channels == 1) {
            return audio;
        }
        if (isOutbound) {
            outbound = joined(outbound, audio);
        } else {
            inbound = joined(inbound, audio);
        }
        int ahead = Math.max(inbound.length, outbound.length);
        int ready = Math.max(Math.min(inbound.length, outbound.length), ahead - AHEAD);
        byte[] both = interleaved(ready);
        inbound = rest(inbound, ready);
        outbound = rest(outbound, ready);
        return both;
    }

    private byte[] interleaved(int ready) {
        byte[] both = new byte[2 * ready];
        for (int channel = 0; channel < 2; channel++) {
            byte[] track = List.of(inbound, outbound).get(channel);
            for (int i = 0; i < ready; i++) {
                both[2 * i + channel] = i < track.length ? track[i] : SILENCE;
            }
        }
        return both;
    }

    private static byte[] joined(byte[] before, byte[] after) {
        byte[] all = Arrays.copyOf(before, before.length + after.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        return all;
    }

    private static byte[] rest(byte[] track, int used) {
        return used >= track.length ? NOTHING : Arrays.copyOfRange(track, used, track.length);
    }
}
