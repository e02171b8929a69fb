package org.caravox.agents;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An agent, as its file has it.
 *
 * @param name that of its file
 * @param greeting said first; empty waits for the caller
 * @param prompt what the model is told to be
 * @param language BCP 47 tag; null is the providers' own
 * @param listen who hears
 * @param model who thinks
 * @param voice who speaks
 * @param tools what the model may ask for, by name
 * @param answers the list from which the provider {@code answers} answers; null is the tenant's
 * @param handOver who goes on when the agent cannot; null is nobody
 * @param apology said when the agent cannot go on; empty says nothing
 * @param goodbye said before the agent hangs up of itself; empty says nothing
 * @param filler what is said while the model thinks
 * @param silence what is said when the caller says nothing
 * @param longest how long a conversation lasts
 * @param turn when the caller has had a turn
 * @param bargeIn when the caller stops the agent
 * @param keys how pressed keys become a turn
 * @param resumeWithin how long the conversation with a caller is remembered for the next call; zero is never
 * @param voicemail what is done about machines that answer our calls; null does nothing
 */
public record Agent(
        String name,
        String greeting,
        String prompt,
        @Nullable String language,
        AgentListening listen,
        AgentModel model,
        AgentVoice voice,
        Map<String, AgentTool> tools,
        @Nullable String answers,
        @Nullable AgentHandOver handOver,
        String apology,
        String goodbye,
        AgentFiller filler,
        AgentSilence silence,
        Duration longest,
        AgentTurnEnd turn,
        AgentBargeIn bargeIn,
        AgentKeys keys,
        Duration resumeWithin,
        @Nullable AgentVoicemail voicemail) {

    private static final String PROMPT =
            "You are a friendly assistant on the telephone. Answer in one or two short sentences.";
    private static final Pattern TOOL = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** What is left out is as usual. */
    public Agent(
            @Nullable String name,
            @Nullable String greeting,
            @Nullable String prompt,
            @Nullable String language,
            @Nullable AgentListening listen,
            @Nullable AgentModel model,
            @Nullable AgentVoice voice,
            @Nullable Map<String, AgentTool> tools,
            @Nullable String answers,
            @Nullable AgentHandOver handOver,
            @Nullable String apology,
            @Nullable String goodbye,
            @Nullable AgentFiller filler,
            @Nullable AgentSilence silence,
            @Nullable Duration longest,
            @Nullable AgentTurnEnd turn,
            @Nullable AgentBargeIn bargeIn,
            @Nullable AgentKeys keys,
            @Nullable Duration resumeWithin,
            @Nullable AgentVoicemail voicemail) {
        this.name = Objects.requireNonNullElse(name, "");
        this.greeting = Objects.requireNonNullElse(greeting, "");
        this.prompt = Objects.requireNonNullElse(prompt, PROMPT);
        this.language = language;
        this.listen = Objects.requireNonNullElse(listen, new AgentListening(null, null));
        this.model = Objects.requireNonNullElse(model, new AgentModel(null, null, null, null, null));
        this.voice = Objects.requireNonNullElse(voice, new AgentVoice(null, null, null, null, null));
        this.tools = Objects.requireNonNullElse(tools, Map.of());
        this.answers = answers;
        this.handOver = handOver;
        this.apology = Objects.requireNonNullElse(apology, "I am sorry, I cannot go on at the moment.");
        this.goodbye = Objects.requireNonNullElse(goodbye, "Goodbye.");
        this.filler = Objects.requireNonNullElse(filler, new AgentFiller(null, null));
        this.silence = Objects.requireNonNullElse(silence, new AgentSilence(null, null));
        this.longest = Objects.requireNonNullElse(longest, Duration.ofMinutes(30));
        this.turn = Objects.requireNonNullElse(turn, new AgentTurnEnd(null, null, null));
        this.bargeIn = Objects.requireNonNullElse(bargeIn, new AgentBargeIn(null, null, null, null));
        this.keys = Objects.requireNonNullElse(keys, new AgentKeys(null));
        this.resumeWithin = Objects.requireNonNullElse(resumeWithin, Duration.ofSeconds(0));
        this.voicemail = voicemail;
        Limits.between("longest", this.longest, Duration.ofSeconds(1), Duration.ofHours(4));
        Limits.between("resume-within", this.resumeWithin, Duration.ZERO, Duration.ofDays(30));
        this.tools.keySet().stream()
                .filter(tool -> !TOOL.matcher(tool).matches())
                .findFirst()
                .ifPresent(tool -> {
                    throw new IllegalArgumentException(
                            "tools: \"" + tool + "\" must be of up to 64 letters, digits, dashes and underscores");
                });
        if (handOver == null && this.tools.containsKey(BuiltIn.HAND_OVER)) {
            throw new IllegalArgumentException("tools lists hand_over, so hand-over.number must say whom to ring");
        }
    }
}
