package org.caravox.rtp;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.caravox.calls.media.MediaWishes;
import org.caravox.calls.media.MediaWishes.Srtp;
import org.caravox.calls.media.NoCommonCodec;
import org.jspecify.annotations.Nullable;

/** Offers and answers of one leg. Source: RFC 3264; RFC 4568 for the keys. Not for two threads at a time. */
final class Negotiation {

    private final List<String> names;
    private final Srtp srtp;
    private final String address;
    private final int port;
    private final int wishedMs;

    /** Our keys, one a suite: they stay, so that a later answer does not break off what is encrypted already. */
    private final List<SrtpKey> keys = new ArrayList<>();

    private Direction direction = Direction.SENDRECV;

    /** What is encrypted once stays so. */
    private boolean secured;

    Negotiation(MediaWishes wishes, RtpSettings settings, String address, int port) {
        names = wishes.codecs().isEmpty() ? settings.codecs() : wishes.codecs();
        srtp = wishes.srtp();
        this.address = address;
        this.port = port;
        wishedMs = (int) settings.packetLength().toMillis();
    }

    /** What one answer means to both sides. */
    record Result(MediaDescription answer, Agreed agreed) {}

    MediaDescription offer(Direction wanted) {
        direction = wanted;
        boolean secure = srtp == Srtp.REQUIRED || secured;
        List<SrtpKey> offered = new ArrayList<>();
        for (String suite : secure ? SrtpSession.SUITES : List.<String>of()) {
            offered.add(new SrtpKey(offered.size() + 1, suite, ourKey(suite)));
        }
        return described(port + 1, secure, offeredCodecs(), wanted, offered, wishedMs, null);
    }

    private List<Codec> offeredCodecs() {
        List<Codec> voices = names.stream().map(Codecs::offered).toList();
        Stream<Codec> keyEvents =
                voices.stream().map(Codec::clockRateHz).distinct().map(Codecs::keyEvents);
        return Stream.of(voices.stream(), keyEvents, Stream.of(Codecs.noise()))
                .flatMap(codecs -> codecs)
                .toList();
    }

    Result answer(MediaDescription offer) throws NoCommonCodec {
        Codec voice = chosen(offer);
        Optional<SrtpKey> theirKey = theirKey(offer);
        Optional<SrtpKey> ourKey = theirKey.map(key -> new SrtpKey(key.tag(), key.suite(), ourKey(key.suite())));
        Optional<Codec> keyEvents = keyEvents(offer.codecs(), voice);
        List<Codec> answered = new ArrayList<>();
        answered.add(new Codec(
                voice.payloadType(),
                voice.name(),
                voice.clockRateHz(),
                voice.channels(),
                ours(voice).map(Codec::parameters).orElse("")));
        keyEvents.ifPresent(events -> answered.add(
                new Codec(events.payloadType(), events.name(), events.clockRateHz(), events.channels(), "0-15")));
        offer.codecs().stream().filter(Codecs::isNoise).findFirst().ifPresent(answered::add);

        direction = heldBy(offer)
                ? Direction.SENDONLY.mirrored()
                : offer.direction().mirrored();
        int packetMs = Codecs.packetMs(voice, offer.ptimeMs());
        int rtcpPort = offer.rtcpPort() == offer.port() ? port : port + 1;
        MediaDescription answer = described(
                rtcpPort, offer.secure(), answered, direction, ourKey.stream().toList(), packetMs, offer.label());
        Agreed agreed = agreed(offer, voice, keyEvents, answered, packetMs, ourKey, theirKey);
        secured = offer.secure();
        return new Result(answer, agreed);
    }

    Agreed accepted(MediaDescription answer) throws NoCommonCodec {
        if (answer.secure() != (srtp == Srtp.REQUIRED || secured)) {
            throw new NoCommonCodec("we offered " + (answer.secure() ? "RTP/AVP" : "RTP/SAVP") + ", the answer is not");
        }
        Codec voice = answer.codecs().stream()
                .filter(theirs -> names.stream().map(Codecs::offered).anyMatch(theirs::isLike))
                .findFirst()
                .orElseThrow(() -> noCommon(answer));
        Optional<SrtpKey> theirKey = theirKey(answer);
        Optional<SrtpKey> ourKey = theirKey.map(key -> new SrtpKey(key.tag(), key.suite(), ourKey(key.suite())));
        List<Codec> received = Stream.concat(offeredCodecs().stream(), answer.codecs().stream())
                .filter(codec -> isKnown(codec) && answer.codecs().stream().anyMatch(theirs -> theirs.isLike(codec)))
                .toList();
        int packetMs = Codecs.packetMs(voice, answer.ptimeMs());
        Direction theirs = answer.direction().mirrored();
        direction = heldBy(answer)
                ? Direction.RECVONLY
                : direction(direction.sends() && theirs.sends(), receives(direction) && receives(theirs));
        Agreed agreed = agreed(answer, voice, keyEvents(answer.codecs(), voice), received, packetMs, ourKey, theirKey);
        secured = answer.secure();
        return agreed;
    }

    private Agreed agreed(
            MediaDescription theirs,
            Codec voice,
            Optional<Codec> keyEvents,
            List<Codec> received,
            int packetMs,
            Optional<SrtpKey> ourKey,
            Optional<SrtpKey> theirKey)
            throws NoCommonCodec {
        return new Agreed(
                voice,
                keyEvents,
                List.copyOf(received),
                address(theirs, theirs.port()),
                address(theirs, theirs.rtcpPort()),
                direction.sends(),
                receives(direction),
                packetMs,
                ourKey,
                theirKey);
    }

    private static InetSocketAddress address(MediaDescription theirs, int port) throws NoCommonCodec {
        InetAddress ip = NetUtil.createInetAddressFromIpAddressString(theirs.address());
        if (ip == null || port < 1 || port > 65_535) {
            throw new NoCommonCodec("audio cannot be sent to " + theirs.address() + " port " + port);
        }
        return new InetSocketAddress(ip, port);
    }

    private Codec chosen(MediaDescription offer) throws NoCommonCodec {
        if (offer.port() == 0) {
            throw new NoCommonCodec("the offer has its audio turned off (port 0)");
        }
        for (String name : names) {
            Codec ours = Codecs.offered(name);
            for (Codec theirs : offer.codecs()) {
                if (theirs.isLike(ours)) {
                    return theirs;
                }
            }
        }
        throw noCommon(offer);
    }

    private NoCommonCodec noCommon(MediaDescription theirs) {
        return new NoCommonCodec(
                "they have " + theirs.codecs().stream().map(Codec::name).toList() + ", we have " + names);
    }

    /** How we describe the same codec; empty when we do not have it. */
    private static Optional<Codec> ours(Codec theirs) {
        return RtpSettings.CODECS.stream()
                .map(Codecs::offered)
                .filter(theirs::isLike)
                .findFirst();
    }

    private static boolean isKnown(Codec codec) {
        return Codecs.isKeyEvents(codec) || Codecs.isNoise(codec) || ours(codec).isPresent();
    }

    /** Keys in the clock of the speech; some offer them in no other than 8000 Hz. */
    private static Optional<Codec> keyEvents(List<Codec> theirs, Codec voice) {
        List<Codec> events = theirs.stream().filter(Codecs::isKeyEvents).toList();
        return events.stream()
                .filter(codec -> codec.clockRateHz() == voice.clockRateHz())
                .findFirst()
                .or(() -> events.stream().findFirst());
    }

    private Optional<SrtpKey> theirKey(MediaDescription theirs) throws NoCommonCodec {
        if (!theirs.secure()) {
            if (srtp == Srtp.REQUIRED) {
                throw new NoCommonCodec("encryption is demanded here: RTP/SAVP with a=crypto, but RTP/AVP came");
            }
            return Optional.empty();
        }
        if (srtp == Srtp.OFF) {
            throw new NoCommonCodec("encryption (RTP/SAVP) is offered, but turned off here");
        }
        return Optional.of(theirs.keys().stream()
                .filter(key -> SrtpSession.isUsable(key))
                .findFirst()
                .orElseThrow(() -> new NoCommonCodec("no key of a suite that is known here: " + SrtpSession.SUITES)));
    }

    private String ourKey(String suite) {
        for (SrtpKey key : keys) {
            if (key.suite().equals(suite)) {
                return key.inline();
            }
        }
        keys.add(new SrtpKey(1, suite, SrtpSession.newKey(suite)));
        return keys.get(keys.size() - 1).inline();
    }

    /** The old way to hold. */
    private static boolean heldBy(MediaDescription theirs) {
        return theirs.address().equals("0.0.0.0");
    }

    private static boolean receives(Direction direction) {
        return direction.mirrored().sends();
    }

    private static Direction direction(boolean sends, boolean receives) {
        if (sends) {
            return receives ? Direction.SENDRECV : Direction.SENDONLY;
        }
        return receives ? Direction.RECVONLY : Direction.INACTIVE;
    }

    private MediaDescription described(
            int rtcpPort,
            boolean secure,
            List<Codec> codecs,
            Direction wanted,
            List<SrtpKey> offered,
            int ptimeMs,
            @Nullable String label) {
        return new MediaDescription(address, port, rtcpPort, secure, codecs, wanted, offered, ptimeMs, label);
    }
}
