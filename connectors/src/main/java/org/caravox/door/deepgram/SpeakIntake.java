package org.caravox.door.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.caravox.door.Admission;
import org.caravox.door.BodyOnDemand;
import org.caravox.door.Callers;
import org.caravox.door.JsonBody;
import org.caravox.door.Parameters;
import org.caravox.requests.Refusal;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.AudioFormat.Container;
import org.caravox.speech.AudioFormat.Encoding;
import org.caravox.speech.Speech;
import org.caravox.speech.SpeechRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code POST /v1/speak}: JSON with a {@code text}, and the form of the audio in the query. Sets the exchange
 * properties {@code patience} and {@code speakWarnings}.
 *
 * <p>A voice of Deepgram's that no provider here has becomes its language, in which the chain's own voice speaks; a warning
 * says so.
 */
public final class SpeakIntake implements Processor {

    /** The exchange property that holds what this door says for itself. */
    static final String WARNINGS = "speakWarnings";

    /** What Deepgram takes in one call. */
    private static final int LONGEST_TEXT = 2_000;

    private static final Set<String> KNOWN = Set.of(
            "bit_rate",
            "callback",
            "callback_method",
            "container",
            "encoding",
            "mip_opt_out",
            "model",
            "sample_rate",
            "speed",
            "tag");

    /** {@code aura-asteria-en}, {@code aura-2-thalia-en}: the language stands at the end. */
    private static final Pattern AURA = Pattern.compile("aura(?:-2)?-[a-z]+-([a-z]{2})");

    /** The containers and sample rates of an encoding, the usual ones first. */
    private record Choice(List<Container> containers, List<Integer> ratesHz) {

        static Choice of(Encoding encoding) {
            return switch (encoding) {
                case LINEAR16 ->
                    new Choice(List.of(Container.WAV, Container.NONE), List.of(24_000, 8_000, 16_000, 32_000, 48_000));
                case MULAW, ALAW -> new Choice(List.of(Container.WAV, Container.NONE), List.of(8_000, 16_000));
                case MP3, AAC -> new Choice(List.of(Container.NONE), List.of(22_050));
                case OPUS -> new Choice(List.of(Container.OGG), List.of(48_000));
                case FLAC -> new Choice(List.of(Container.NONE), List.of(22_050, 8_000, 16_000, 32_000, 48_000));
            };
        }
    }

    private final Speech speech;
    private final ObjectMapper json;
    private final Duration deadline;
    private final Clock clock;

    /** @param deadline how long a caller waits at most */
    public SpeakIntake(Speech speech, ObjectMapper json, Duration deadline, Clock clock) {
        this.speech = speech;
        this.json = json;
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        String tenant = Callers.tenant(exchange);
        HttpServletRequest http = BodyOnDemand.request(exchange);
        Parameters given = new Parameters(http.getParameterMap(), KNOWN);
        List<String> warnings = warnings(given);
        SpeechRequest asked = new SpeechRequest(
                exchange.getProperty(Admission.REQUEST_ID, UUID.class),
                tenant,
                null,
                given.one("model"),
                null,
                text(http),
                null,
                given.number("speed", 0.25, 4),
                null,
                format(given));
        exchange.setProperty(Callers.PATIENCE, Callers.patience(exchange, deadline, clock));
        exchange.setProperty(WARNINGS, warnings);
        exchange.getMessage().setBody(spoken(asked, warnings));
    }

    private String text(HttpServletRequest http) throws IOException {
        Map<String, JsonNode> fields = JsonBody.fields(http, json);
        JsonNode text = fields.get("text");
        if (text == null || !text.isTextual() || fields.size() > 1) {
            throw Refusal.invalid("the JSON must hold \"text\", what is to be said, and nothing else");
        }
        String said = text.textValue();
        if (said.isBlank()) {
            throw Refusal.invalid("text is empty: there is nothing to say");
        }
        int length = said.codePointCount(0, said.length());
        if (length > LONGEST_TEXT) {
            throw new Refusal(
                    Refusal.Reason.TOO_LARGE,
                    "text is " + length + " characters long: at most " + LONGEST_TEXT + " are taken at a time");
        }
        return said;
    }

    private static List<String> warnings(Parameters given) {
        List<String> warnings = new ArrayList<>();
        if (given.one("callback") != null || given.one("callback_method") != null) {
            throw Refusal.invalid("callback is not offered for speech: read the audio from the answer");
        }
        if (given.number("bit_rate", 1, 1_000_000) != null) {
            warnings.add("option bit_rate is not honoured by this hub: the provider chooses");
        }
        if (given.on("mip_opt_out")) {
            warnings.add("option mip_opt_out is for the hub's operator to set for a provider");
        }
        if (!given.all("tag").isEmpty()) {
            warnings.add("option tag is not kept for speech");
        }
        return warnings;
    }

    private static AudioFormat format(Parameters given) {
        String named = given.oneOf("encoding", List.of("linear16", "mulaw", "alaw", "mp3", "opus", "flac", "aac"));
        Encoding encoding = named == null ? Encoding.MP3 : Encoding.valueOf(named.toUpperCase(Locale.ROOT));
        Choice choice = Choice.of(encoding);
        return new AudioFormat(encoding, container(given, encoding, choice), rateHz(given, encoding, choice));
    }

    private static Container container(Parameters given, Encoding encoding, Choice choice) {
        String named = given.oneOf("container", List.of("none", "wav", "ogg"));
        if (named == null) {
            return choice.containers().get(0);
        }
        Container wanted = Container.valueOf(named.toUpperCase(Locale.ROOT));
        if (!choice.containers().contains(wanted)) {
            throw doesNotGo("container", named, encoding, choice.containers());
        }
        return wanted;
    }

    private static int rateHz(Parameters given, Encoding encoding, Choice choice) {
        int rateHz = given.integer("sample_rate", AudioFormat.LOWEST_RATE_HZ, AudioFormat.HIGHEST_RATE_HZ)
                .orElse(choice.ratesHz().get(0));
        if (!choice.ratesHz().contains(rateHz)) {
            throw doesNotGo("sample_rate", Integer.toString(rateHz), encoding, choice.ratesHz());
        }
        return rateHz;
    }

    private static Refusal doesNotGo(String name, String value, Encoding encoding, List<?> others) {
        return Refusal.invalid(name + " " + value + " does not go with encoding "
                + encoding.name().toLowerCase(Locale.ROOT) + ": use "
                + others.stream()
                        .map(other -> other.toString().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
    }

    private SpeechRequest spoken(SpeechRequest asked, List<String> warnings) {
        String language = language(asked.model());
        if (language == null || known(asked)) {
            return asked;
        }
        warnings.add("model \"" + asked.model() + "\" is not known to any provider here: the usual voice speaks");
        return new SpeechRequest(
                asked.id(),
                asked.tenant(),
                null,
                null,
                null,
                asked.text(),
                language,
                asked.speed(),
                null,
                asked.format());
    }

    private static @Nullable String language(@Nullable String model) {
        Matcher aura = AURA.matcher(model == null ? "" : model);
        return aura.matches() ? aura.group(1) : null;
    }

    private boolean known(SpeechRequest asked) {
        try {
            speech.chain().check(asked);
            return true;
        } catch (Refusal e) {
            return e.reason() != Refusal.Reason.UNKNOWN_MODEL;
        }
    }
}
