package org.caravox.sip.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.media.MediaDescription.Direction;
import org.caravox.calls.media.MediaDescription.SrtpKey;
import org.caravox.calls.signalling.SessionDescription;
import org.jspecify.annotations.Nullable;

/**
 * A session description that came in. Read with patience: what is not understood is passed over, but without an address, ports
 * and formats there is no call. Source: RFC 8866; RFC 4568 (crypto); RFC 4574 (label); RFC 5761 (rtcp-mux); RFC 3605 (rtcp).
 *
 * @param description what calls need of it
 * @param lines       all of its media lines, in order, for the answer must have as many
 */
record Sdp(SessionDescription description, List<Line> lines) {

    /** More media lines than this are not a call. */
    private static final int MOST_LINES = 32;

    /**
     * A media line.
     *
     * @param kind    {@code audio}, {@code video} ...
     * @param proto   {@code RTP/AVP} ...
     * @param formats as they stand there
     * @param taken   whether it is one of the description's media
     */
    record Line(String kind, String proto, String formats, boolean taken) {}

    /** It cannot be read: the reason, in words that its sender may see. */
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    /** Names of the static payload types (RFC 3551, section 6) that nobody has to explain. */
    private static final Map<Integer, Codec> KNOWN = Map.of(
            0, new Codec(0, "PCMU", 8000, 1, ""),
            3, new Codec(3, "GSM", 8000, 1, ""),
            4, new Codec(4, "G723", 8000, 1, ""),
            8, new Codec(8, "PCMA", 8000, 1, ""),
            9, new Codec(9, "G722", 8000, 1, ""),
            13, new Codec(13, "CN", 8000, 1, ""),
            15, new Codec(15, "G728", 8000, 1, ""),
            18, new Codec(18, "G729", 8000, 1, ""));

    /** @param metadata what came beside it; null is nothing */
    static Sdp read(String text, @Nullable String metadata) throws Unreadable {
        if (!text.stripLeading().startsWith("v=")) {
            throw new Unreadable("the session description does not begin with v=");
        }
        var session = new Section("");
        var sections = new ArrayList<Section>();
        Section at = session;
        for (String line : text.split("\r\n|\n|\r", -1)) {
            if (line.startsWith("m=")) {
                at = new Section(line.substring(2).strip());
                sections.add(at);
            } else if (line.startsWith("c=")) {
                at.connection = line.substring(2).strip();
            } else if (line.startsWith("a=")) {
                at.attributes.add(line.substring(2).strip());
            }
        }
        if (sections.size() > MOST_LINES) {
            throw new Unreadable("more than " + MOST_LINES + " media lines");
        }
        return read(session, sections, metadata);
    }

    private static Sdp read(Section session, List<Section> sections, @Nullable String metadata) throws Unreadable {
        var media = new ArrayList<MediaDescription>();
        var refused = new ArrayList<Integer>();
        var lines = new ArrayList<Line>();
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            String[] parts = section.line.split("\\s+", 4);
            if (parts.length < 4) {
                throw new Unreadable("a media line needs a kind, a port, a protocol and formats");
            }
            int port = number(parts[1].split("/", 2)[0], 65_535, "port");
            boolean taken = parts[0].equalsIgnoreCase("audio") && isPlainRtp(parts[2]);
            lines.add(new Line(parts[0], parts[2], parts[3], taken));
            if (taken) {
                media.add(media(session, section, parts, port));
            } else {
                refused.add(i);
            }
        }
        return new Sdp(new SessionDescription(media, refused, metadata), List.copyOf(lines));
    }

    private static boolean isPlainRtp(String proto) {
        String upper = proto.toUpperCase(Locale.ROOT);
        return upper.equals("RTP/AVP")
                || upper.equals("RTP/AVPF")
                || upper.equals("RTP/SAVP")
                || upper.equals("RTP/SAVPF");
    }

    private static MediaDescription media(Section session, Section section, String[] parts, int port)
            throws Unreadable {
        return new MediaDescription(
                address(session, section, port),
                port,
                rtcpPort(section, port),
                parts[2].toUpperCase(Locale.ROOT).contains("SAVP"),
                codecs(section, parts[3]),
                section.direction().or(session::direction).orElse(Direction.SENDRECV),
                keys(section),
                section.value("ptime")
                        .or(() -> session.value("ptime"))
                        .map(Sdp::ptime)
                        .orElse(20),
                section.value("label").orElse(null));
    }

    private static String address(Section session, Section section, int port) throws Unreadable {
        String connection = section.connection == null ? session.connection : section.connection;
        if (connection == null) {
            if (port == 0) {
                return "0.0.0.0";
            }
            throw new Unreadable("no connection (c=) for a media line");
        }
        String[] parts = connection.split("\\s+", -1);
        if (parts.length < 3 || !parts[0].equalsIgnoreCase("IN") || parts[2].length() > 255) {
            throw new Unreadable("a connection (c=) that is not IN IP4 or IN IP6 and an address");
        }
        return parts[2].split("/", 2)[0];
    }

    private static int rtcpPort(Section section, int port) {
        if (port == 0 || section.attributes.contains("rtcp-mux")) {
            return port;
        }
        return section.value("rtcp")
                .map(value -> value.split("\\s+", 2)[0])
                .filter(text -> text.matches("\\d{1,5}"))
                .map(Integer::parseInt)
                .orElse(Math.min(65_535, port + 1));
    }

    private static int ptime(String text) {
        return text.matches("\\d{1,3}(\\.\\d+)?") ? Math.max(10, (int) Double.parseDouble(text)) : 20;
    }

    private static List<Codec> codecs(Section section, String formats) {
        var described = new LinkedHashMap<Integer, Codec>();
        Map<Integer, String> parameters = section.parameters();
        for (String format : formats.strip().split("\\s+", -1)) {
            if (!format.matches("\\d{1,3}") || Integer.parseInt(format) > 127) {
                continue;
            }
            int type = Integer.parseInt(format);
            section.codec(type)
                    .or(() -> Optional.ofNullable(KNOWN.get(type)))
                    .ifPresent(codec -> described.putIfAbsent(
                            type,
                            new Codec(
                                    type,
                                    codec.name(),
                                    codec.clockRateHz(),
                                    codec.channels(),
                                    parameters.getOrDefault(type, ""))));
        }
        return List.copyOf(described.values());
    }

    private static List<SrtpKey> keys(Section section) {
        var keys = new ArrayList<SrtpKey>();
        for (String value : section.all("crypto")) {
            String[] parts = value.split("\\s+", -1);
            if (parts.length >= 3 && parts[0].matches("\\d{1,9}") && parts[2].startsWith("inline:")) {
                keys.add(new SrtpKey(Integer.parseInt(parts[0]), parts[1], parts[2].substring("inline:".length())));
            }
        }
        return keys;
    }

    private static int number(String text, int most, String what) throws Unreadable {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > most) {
            throw new Unreadable("a " + what + " that is no number from 0 to " + most);
        }
        return Integer.parseInt(text);
    }

    /** The session, or a media line, with what belongs to it. */
    private static final class Section {

        private final String line;
        private final List<String> attributes = new ArrayList<>();
        private @Nullable String connection;

        Section(String line) {
            this.line = line;
        }

        List<String> all(String name) {
            return attributes.stream()
                    .filter(attribute -> attribute.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(attribute -> attribute.substring(name.length() + 1).strip())
                    .toList();
        }

        Optional<String> value(String name) {
            return all(name).stream().findFirst();
        }

        Optional<Direction> direction() {
            for (Direction direction : Direction.values()) {
                if (attributes.stream().anyMatch(attribute -> attribute.equalsIgnoreCase(direction.name()))) {
                    return Optional.of(direction);
                }
            }
            return Optional.empty();
        }

        Map<Integer, String> parameters() {
            var parameters = new LinkedHashMap<Integer, String>();
            for (String value : all("fmtp")) {
                String[] parts = value.split("\\s+", 2);
                if (parts.length == 2 && parts[0].matches("\\d{1,3}")) {
                    parameters.putIfAbsent(Integer.parseInt(parts[0]), parts[1]);
                }
            }
            return parameters;
        }

        /** {@code a=rtpmap:101 telephone-event/8000} */
        Optional<Codec> codec(int type) {
            return all("rtpmap").stream()
                    .map(value -> value.split("[\\s/]+"))
                    .filter(parts -> parts.length >= 3
                            && parts[0].equals(Integer.toString(type))
                            && parts[2].matches("[1-9]\\d{0,5}"))
                    .map(parts -> new Codec(
                            type,
                            parts[1],
                            Integer.parseInt(parts[2]),
                            parts.length > 3 && parts[3].matches("\\d") ? Integer.parseInt(parts[3]) : 1,
                            ""))
                    .findFirst();
        }
    }
}
