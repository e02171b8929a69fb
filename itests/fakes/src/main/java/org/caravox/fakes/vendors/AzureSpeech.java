package org.caravox.fakes.vendors;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** {@code POST /cognitiveservices/v1}: SSML in, sound out. Refusals have no body. */
final class AzureSpeech {

    private static final Pattern SAMPLES =
            Pattern.compile("(raw|riff)-(\\d+)khz-(8bit-mono-mulaw|8bit-mono-alaw|16bit-mono-pcm)");
    private static final XMLInputFactory XML = xml();

    private static XMLInputFactory xml() {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        return factory;
    }

    Reply answer(Call call) {
        String format = call.header("X-Microsoft-OutputFormat");
        String agent = call.header("User-Agent");
        if (format.isEmpty() || agent.isEmpty() || agent.length() > 255) {
            return refused(400);
        }
        if (!call.hasType("application/ssml+xml")) {
            return refused(415);
        }
        return spoken(call.body())
                .map(text -> sound(text, format))
                .orElseGet(() -> refused(400))
                .with("X-RequestId", Ids.uuid());
    }

    private static Reply sound(String text, String format) {
        Matcher samples = SAMPLES.matcher(format);
        if (samples.matches()) {
            return samples(text, samples.group(1), rateHz(samples.group(2)), samples.group(3));
        }
        if (format.matches("audio-\\d+khz-\\d+kbitrate-mono-mp3")) {
            return Reply.stream("audio/mpeg", Tone.clip("mp3"));
        }
        return format.matches("ogg-\\d+khz-16bit-mono-opus")
                ? Reply.stream("audio/ogg", Tone.clip("opus"))
                : refused(400);
    }

    /** 22 and 44 stand for 22050 and 44100. */
    private static int rateHz(String kilohertz) {
        return switch (kilohertz) {
            case "22" -> 22_050;
            case "44" -> 44_100;
            default -> Integer.parseInt(kilohertz) * 1000;
        };
    }

    private static Reply samples(String text, String container, int rateHz, String form) {
        Encoding encoding =
                switch (form) {
                    case "8bit-mono-mulaw" -> Encoding.MULAW;
                    case "8bit-mono-alaw" -> Encoding.ALAW;
                    default -> Encoding.PCM16;
                };
        return container.equals("riff")
                ? Reply.stream("audio/x-wav", Tone.wav(text, encoding, rateHz))
                : Reply.stream("audio/basic", Tone.raw(text, encoding, rateHz));
    }

    /** The text of a voice in a speak element; nothing where the document is not well-formed, or has no voice. */
    private static Optional<String> spoken(Buffer ssml) {
        try {
            XMLStreamReader reader = XML.createXMLStreamReader(new ByteArrayInputStream(ssml.getBytes()));
            StringBuilder text = new StringBuilder();
            List<String> wanted = List.of("speak", "voice");
            int found = 0;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT
                        && found < wanted.size()
                        && reader.getLocalName().equals(wanted.get(found))) {
                    found++;
                } else if (event == XMLStreamConstants.CHARACTERS && found == wanted.size()) {
                    text.append(reader.getText());
                }
            }
            return found == wanted.size() ? Optional.of(text.toString()) : Optional.empty();
        } catch (XMLStreamException notWellFormed) {
            return Optional.empty();
        }
    }

    private static Reply refused(int status) {
        return Reply.empty(status).with("X-RequestId", Ids.uuid());
    }
}
