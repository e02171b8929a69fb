package org.caravox.door.live.phone;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.caravox.door.live.LiveLine;

/** The platforms that call over WebSocket: {@code /stream/NAME} is where each of them does. */
public enum PhonePlatform {
    TWILIO("twilio", (line, query) -> new TwilioCodec(line)),
    ASTERISK("asterisk", AsteriskCodec::new),
    FREESWITCH("freeswitch", (line, query) -> new FreeSwitchCodec(query)),
    JAMBONZ("jambonz", JambonzCodec::new),
    LIVEKIT("livekit", (line, query) -> new LiveKitCodec(query));

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    private final BiFunction<LiveLine, Map<String, String>, PhoneCodec> codec;

    PhonePlatform(String word, BiFunction<LiveLine, Map<String, String>, PhoneCodec> codec) {
        this.word = word;
        this.codec = codec;
    }

    /** The platform of a name, as addresses write it. */
    public static Optional<PhonePlatform> named(String name) {
        return Arrays.stream(values())
                .filter(platform -> platform.word.equals(name))
                .findFirst();
    }

    /** Its name in addresses, and the name of its door. */
    public String word() {
        return word;
    }

    /**
     * A codec for one connection.
     *
     * @param query of the address that was called
     */
    public PhoneCodec codec(LiveLine line, Map<String, String> query) {
        return codec.apply(line, query);
    }
}
