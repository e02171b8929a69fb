package org.caravox.agents;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.caravox.audio.RawAudio;
import org.caravox.audio.RawAudio.Encoding;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.live.LiveRequest;
import org.caravox.live.LiveTranscriber;
import org.caravox.providers.Chain;
import org.caravox.providers.Provider;
import org.caravox.providers.Request;
import org.caravox.requests.Refusal;
import org.caravox.speech.AudioFormat;
import org.caravox.speech.SpeechRequest;
import org.caravox.speech.Voice;
import org.caravox.transcription.Options;
import org.jspecify.annotations.Nullable;

/**
 * Whom agents may name.
 *
 * @param live     who hears
 * @param dialogue who thinks
 * @param speech   who speaks
 * @param tools    the tools that there are routes for, by name
 */
public record AgentProviders(
        Chain<LiveRequest, LiveTranscriber> live,
        Chain<ChatRequest, LanguageModel> dialogue,
        Chain<SpeechRequest, Voice> speech,
        Supplier<Set<String>> tools) {

    /** Stands for the tenants without an agent of their own: they have the hub's own chains. */
    static final String FOR_ALL = "default";

    private static final UUID NOBODY = new UUID(0, 0);
    private static final int RATE_HZ = 8_000;

    /** What an agent names that is not there, in sentences that name the field. */
    List<String> faults(String tenant, Agent agent) {
        List<String> faults = new ArrayList<>();
        fault("listen", live, agent.listen().provider(), listening(tenant, agent))
                .ifPresent(faults::add);
        fault("model", dialogue, agent.model().provider(), chat(tenant, agent)).ifPresent(faults::add);
        SpeechRequest spoken = speech(tenant, agent);
        fault("voice", speech, agent.voice().provider(), spoken)
                .or(() -> unknownVoice(spoken))
                .ifPresent(faults::add);
        if (agent.answers() != null && agent.model().provider() == null) {
            faults.add("answers needs model.provider, which must be one of kind answers");
        }
        agent.tools().forEach((name, tool) -> toolFault(name, tool).ifPresent(faults::add));
        return faults;
    }

    /** A provider that is not there, or cannot be asked for want of a key, or has no such model. */
    private static <R extends Request, P extends Provider<R>> Optional<String> fault(
            String field, Chain<R, P> chain, @Nullable String named, R request) {
        List<String> known =
                chain.providers().stream().map(Provider::provider).sorted().toList();
        if (named != null && !known.contains(named)) {
            return Optional.of(field + ".provider \"" + named + "\" is not configured" + Closest.hint(named, known));
        }
        if (known.isEmpty()) {
            return Optional.of(
                    field + " has no provider: configure one for " + chain.use().word());
        }
        try {
            return chain.askable(request).isEmpty()
                    ? Optional.of(field + " has no provider that can be asked: give one a key, or name another")
                    : Optional.empty();
        } catch (Refusal e) {
            return Optional.of(field + ": " + e.getMessage());
        }
    }

    private Optional<String> unknownVoice(SpeechRequest request) {
        String voice = request.voice();
        if (voice == null) {
            return Optional.empty();
        }
        List<String> askable =
                speech.askable(request).stream().map(Chain.Askable::provider).toList();
        boolean known = speech.providers().stream()
                .filter(one -> askable.contains(one.provider()))
                .anyMatch(one -> !one.cannot(request).contains("voice"));
        return known
                ? Optional.empty()
                : Optional.of("voice.voice \"" + voice + "\" is no voice of " + String.join(", ", askable)
                        + ": name one of its own, or leave it out for the usual one");
    }

    private Optional<String> toolFault(String name, AgentTool tool) {
        Set<String> routes = tools.get();
        if (BuiltIn.of(name).isEmpty() && !routes.contains(name)) {
            return Optional.of("tools." + name + " has no route direct:tool-" + name
                    + (routes.isEmpty() ? "" : Closest.hint(name, routes)));
        }
        return tool.description().isBlank()
                ? Optional.of("tools." + name + ".description must tell the model what it does")
                : Optional.empty();
    }

    private static LiveRequest listening(String tenant, Agent agent) {
        return new LiveRequest(
                NOBODY,
                tenant,
                NOBODY,
                "",
                "sip",
                new RawAudio(Encoding.LINEAR16, RATE_HZ, 1),
                agent.language(),
                agent.listen().model(),
                agent.listen().provider(),
                Options.NONE,
                true,
                null,
                null,
                false,
                false,
                null,
                Instant.EPOCH);
    }

    private static ChatRequest chat(String tenant, Agent agent) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (agent.model().model() != null) {
            body.put("model", agent.model().model());
        }
        body.putArray("messages").addObject().put("role", "user").put("content", "Hello");
        return new ChatRequest(NOBODY, tenant, agent.model().provider(), body);
    }

    private static SpeechRequest speech(String tenant, Agent agent) {
        AgentVoice wish = agent.voice();
        return new SpeechRequest(
                NOBODY,
                tenant,
                wish.provider(),
                wish.model(),
                wish.voice(),
                "Hello.",
                agent.language(),
                wish.speed(),
                wish.instructions(),
                AudioFormat.pcm(RATE_HZ));
    }
}
