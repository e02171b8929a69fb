package org.caravox.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.caravox.outbound.AddressGuard;
import org.caravox.requests.Refusal;
import org.caravox.transcription.Mode;
import org.caravox.transcription.Option;
import org.caravox.transcription.Options;
import org.caravox.transcription.Transcription;
import org.caravox.transcription.TranscriptionRequest;
import org.jspecify.annotations.Nullable;

/**
 * What may be said of a recording that is to be transcribed: one set of fields, however they arrive. They become a
 * {@link TranscriptionRequest} once they are well-formed, their addresses allowed, and somebody can do what they ask.
 */
public final class RequestFields {

    private static final Set<String> KNOWN = Set.of(
            "audioUrl",
            "userId",
            "mode",
            "audioDuration",
            "language",
            "model",
            "provider",
            "options",
            "priority",
            "webhookUrl",
            "metadata");
    private static final Set<String> KNOWN_OF_UPLOAD =
            KNOWN.stream().filter(name -> !name.equals("audioUrl")).collect(Collectors.toUnmodifiableSet());
    private static final int LONGEST_OPTION = 1_000;

    private final Transcription transcription;
    private final AddressGuard guard;
    private final ObjectMapper json;
    private final Clock clock;

    public RequestFields(Transcription transcription, AddressGuard guard, ObjectMapper json, Clock clock) {
        this.transcription = transcription;
        this.guard = guard;
        this.json = json;
        this.clock = clock;
    }

    /** The names that may come with an address. */
    public static Set<String> known() {
        return KNOWN;
    }

    /** The names that may come with an upload, and some more. */
    static Set<String> knownOfUploadAnd(Set<String> besides) {
        return and(KNOWN_OF_UPLOAD, besides);
    }

    private static Set<String> and(Set<String> names, Set<String> others) {
        Set<String> all = new HashSet<>(names);
        all.addAll(others);
        return all;
    }

    /**
     * A request whose recording is to be fetched; a request for a live stream needs none.
     *
     * @param id     names the request
     * @param tenant whose request it is
     * @throws Refusal INVALID, naming the field
     */
    public TranscriptionRequest read(UUID id, String tenant, Map<String, JsonNode> fields) {
        return read(id, tenant, fields, Set.of());
    }

    /**
     * A request whose recording is to be fetched; a request for a live stream needs none.
     *
     * @param id      names the request
     * @param tenant  whose request it is
     * @param besides further names that may be among the fields, which somebody else reads
     * @throws Refusal INVALID, naming the field
     */
    public TranscriptionRequest read(UUID id, String tenant, Map<String, JsonNode> fields, Set<String> besides) {
        return read(id, tenant, new Fields(fields, and(KNOWN, besides), json), false);
    }

    /**
     * A request whose recording was uploaded with it.
     *
     * @param id      names the request
     * @param tenant  whose request it is
     * @param besides further names that may be among the fields, which somebody else reads
     * @throws Refusal INVALID, naming the field
     */
    TranscriptionRequest readOfUpload(UUID id, String tenant, Map<String, JsonNode> fields, Set<String> besides) {
        return read(id, tenant, new Fields(fields, knownOfUploadAnd(besides), json), true);
    }

    private TranscriptionRequest read(UUID id, String tenant, Fields fields, boolean uploaded) {
        String mode = fields.text("mode");
        String provider = fields.text("provider");
        String model = fields.text("model");
        String language = fields.text("language");
        Mode wanted = mode == null ? null : Mode.of(mode);
        String userId = fields.required("userId");
        TranscriptionRequest request = new TranscriptionRequest(
                id,
                tenant,
                userId,
                wanted == Mode.STREAM || uploaded ? null : audioUrl(fields),
                null,
                wanted,
                fields.seconds("audioDuration"),
                language,
                model,
                provider,
                options(fields.object("options")),
                fields.integer("priority", 0, 9, TranscriptionRequest.NORMAL_PRIORITY),
                url(fields, "webhookUrl"),
                fields.object("metadata"),
                clock.instant());
        transcription.check(request);
        return request;
    }

    private static Options options(@Nullable JsonNode options) {
        Map<Option, List<String>> wished = new EnumMap<>(Option.class);
        if (options != null) {
            options.properties().forEach(option -> {
                List<String> values = values(option.getKey(), option.getValue());
                if (!values.isEmpty()) {
                    wished.put(Option.of(option.getKey()), values);
                }
            });
        }
        return new Options(wished);
    }

    /** What is switched off is not wished for. */
    private static List<String> values(String option, JsonNode value) {
        if (value.isNull() || (value.isBoolean() && !value.booleanValue())) {
            Option.of(option);
            return List.of();
        }
        if (!value.isArray()) {
            return List.of(plain(option, value));
        }
        return StreamSupport.stream(value.spliterator(), false)
                .map(each -> plain(option, each))
                .toList();
    }

    private static String plain(String option, JsonNode value) {
        if (!value.isValueNode() || value.asText().length() > LONGEST_OPTION) {
            throw Refusal.invalid(
                    "options." + Fields.printable(option) + " must be true, false, a number, a text of up to "
                            + LONGEST_OPTION + " characters or a list of them");
        }
        return value.asText();
    }

    private URI audioUrl(Fields fields) {
        URI url = url(fields, "audioUrl");
        if (url == null) {
            throw Refusal.invalid("audioUrl is missing: send it, or the recording itself");
        }
        return url;
    }

    private @Nullable URI url(Fields fields, String name) {
        String text = fields.text(name, AddressGuard.LONGEST_URL);
        return text == null ? null : guard.check(name, text);
    }
}
