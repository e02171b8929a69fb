package org.caravox.sip.stack;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription;
import org.caravox.calls.signalling.SessionDescription;
import org.jspecify.annotations.Nullable;

/** Our side of a session as it is sent; its version counts up when it changes (RFC 3264, section 5). Not for several threads. */
final class SdpWriter {

    private final long id = System.currentTimeMillis() / 1000 + 2_208_988_800L;
    private long version = id;
    private @Nullable String last;

    /** An offer. */
    String offer(SessionDescription ours) {
        return finished(
                ours, ours.media().stream().map(media -> line(media, null)).collect(Collectors.joining()));
    }

    /** An answer: as many lines as the offer had, those that were not taken refused in place. */
    String answer(SessionDescription ours, List<Sdp.Line> offered) {
        var text = new StringBuilder();
        Iterator<MediaDescription> media = ours.media().iterator();
        for (Sdp.Line line : offered) {
            text.append(
                    line.taken() && media.hasNext()
                            ? line(media.next(), line)
                            : "m=%s 0 %s %s\r\n".formatted(line.kind(), line.proto(), line.formats()));
        }
        return finished(ours, text.toString());
    }

    /** What was sent last; null before anything was. */
    @Nullable
    String last() {
        return last == null
                ? null
                : head(last.substring(0, last.indexOf('\n'))) + last.substring(last.indexOf('\n') + 1);
    }

    private String finished(SessionDescription ours, String media) {
        String address = ours.first().map(MediaDescription::address).orElse("127.0.0.1");
        String content = address + "\n" + media;
        if (last != null && !last.equals(content)) {
            version++;
        }
        last = content;
        return head(address) + media;
    }

    private String head(String address) {
        String family = address.indexOf(':') >= 0 ? "IP6" : "IP4";
        return "v=0\r\no=caravox %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n"
                .formatted(id, version, family, address, family, address);
    }

    private static String line(MediaDescription media, Sdp.@Nullable Line offered) {
        var text = new StringBuilder();
        String proto = offered == null ? (media.secure() ? "RTP/SAVP" : "RTP/AVP") : offered.proto();
        String formats = media.codecs().stream()
                .map(codec -> Integer.toString(codec.payloadType()))
                .collect(Collectors.joining(" "));
        if (formats.isEmpty()) {
            formats = offered == null ? "0" : offered.formats();
        }
        text.append("m=audio %d %s %s\r\n".formatted(media.port(), proto, formats));
        if (media.port() == 0) {
            return text.toString();
        }
        String family = media.address().indexOf(':') >= 0 ? "IP6" : "IP4";
        text.append("c=IN %s %s\r\n".formatted(family, media.address()));
        if (media.rtcpPort() == media.port()) {
            text.append("a=rtcp-mux\r\n");
        } else {
            text.append("a=rtcp:%d\r\n".formatted(media.rtcpPort()));
        }
        media.codecs().forEach(codec -> text.append(codec(codec)));
        media.keys()
                .forEach(key ->
                        text.append("a=crypto:%d %s inline:%s\r\n".formatted(key.tag(), key.suite(), key.inline())));
        text.append("a=ptime:%d\r\n".formatted(media.ptimeMs()));
        if (media.label() != null) {
            text.append("a=label:%s\r\n".formatted(media.label()));
        }
        text.append("a=%s\r\n".formatted(media.direction().name().toLowerCase(Locale.ROOT)));
        return text.toString();
    }

    private static String codec(Codec codec) {
        String map = "a=rtpmap:%d %s/%d%s\r\n"
                .formatted(
                        codec.payloadType(),
                        codec.name(),
                        codec.clockRateHz(),
                        codec.channels() > 1 ? "/" + codec.channels() : "");
        return codec.parameters().isEmpty()
                ? map
                : map + "a=fmtp:%d %s\r\n".formatted(codec.payloadType(), codec.parameters());
    }
}
