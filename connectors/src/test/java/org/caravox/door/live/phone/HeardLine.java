package org.caravox.door.live.phone;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a codec reads. */
final class HeardLine implements PhoneLine {

    @Nullable
    PhoneStart start;

    final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    final List<String> told = new ArrayList<>();

    PhoneStart start() {
        PhoneStart begun = start;
        if (begun == null) {
            throw new AssertionError("the stream has not begun");
        }
        return begun;
    }

    @Override
    public void begins(PhoneStart begun) {
        start = begun;
        told.add("begins");
    }

    @Override
    public void hears(byte[] some) {
        audio.writeBytes(some);
    }

    @Override
    public void mutes(boolean muted) {
        told.add("muted " + muted);
    }

    @Override
    public void presses(String digit) {
        told.add("pressed " + digit);
    }

    @Override
    public void played(String mark) {
        told.add("played " + mark);
    }

    @Override
    public void hangsUp() {
        told.add("hung up");
    }
}
