package org.caravox.door.live.phone;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.caravox.door.Problems;
import org.caravox.door.Told;
import org.caravox.door.live.LiveDoor;
import org.caravox.door.live.LiveKnock;
import org.caravox.requests.Refusal;
import org.caravox.tenants.Caller;

/**
 * {@code /stream/PLATFORM}: telephone platforms send the audio of calls. A connection whose handshake holds no key is
 * made nevertheless, and its first message has to hold one.
 */
public final class PhoneDoor implements LiveDoor {

    private final PhoneCalls calls;
    private final String publicUrl;

    /** @param publicUrl what the hub's addresses begin with, as Twilio calls them: its signatures cover it */
    public PhoneDoor(PhoneCalls calls, String publicUrl) {
        this.calls = calls;
        this.publicUrl = publicUrl.replaceFirst("^http", "ws").replaceFirst("/$", "");
    }

    @Override
    public boolean takes(String path) {
        return PhoneAddress.of(path).isPresent();
    }

    @Override
    public Opened open(LiveKnock knock) {
        PhoneAddress address =
                PhoneAddress.of(knock.path()).orElseThrow(() -> Refusal.notFound("no platform is known by this path"));
        Optional<String> key = knock.key()
                .or(() -> Optional.ofNullable(knock.http().getHeader("Authorization"))
                        .flatMap(PhoneAddress::keyIn))
                .or(address::key);
        Optional<Caller> caller = key.map(known -> knock.caller(Optional.of(known)));
        Map<String, String> query = knock.http().getParameterMap().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue()[0]));
        PhoneHandshake handshake = new PhoneHandshake(
                knock.id(),
                address.platform().word(),
                caller,
                publicUrl + knock.path(),
                Optional.ofNullable(knock.http().getHeader("X-Twilio-Signature")));
        PhoneStream stream =
                new PhoneStream(handshake, line -> address.platform().codec(line, query), calls);
        return new Opened(stream, knock.loop(), Map.of());
    }

    @Override
    public Refused refused(UUID id, Told told, Optional<Throwable> failure) {
        return new Refused(
                told.status(),
                "application/problem+json",
                Map.of(),
                Problems.problem(told.status(), told.error(), id.toString()));
    }
}
