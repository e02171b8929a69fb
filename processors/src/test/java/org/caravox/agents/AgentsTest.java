package org.caravox.agents;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.caravox.requests.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of agents. */
class AgentsTest {

    private final Path folder;
    private final Agents agents;

    AgentsTest(@TempDir Path folder) {
        this.folder = folder;
        this.agents = new Agents(
                folder,
                new AgentProviders(
                        Chains.live("vosk"), Chains.dialogue("answers"), Chains.speech("mary"), () -> Set.of("book")));
    }

    private void write(String name, String yaml) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, yaml);
    }

    @Test
    void an_agent_is_read_with_what_its_file_leaves_out_as_usual() throws IOException {
        write(
                "shop.yaml",
                """
                greeting: Hello.
                model: {provider: answers, most-tokens: 100}
                barge-in: {after: 200ms, ignore-backchannels: true}
                hand-over: {number: "+15559"}
                resume-within: 1h
                tools:
                  hand_over:
                  book: {description: Books a table, within: 5s, parameters: {type: object}}
                voicemail: {action: leave-message, message: Call back.}
                """);
        agents.readAll();

        Agent agent = agents.get("acme", "shop");
        assertThat(agent.name()).isEqualTo("shop");
        assertThat(agent.model().mostTokens()).isEqualTo(100);
        assertThat(agent.bargeIn().after()).isEqualTo(Duration.ofMillis(200));
        assertThat(agent.bargeIn().on()).isTrue();
        assertThat(agent.resumeWithin()).isEqualTo(Duration.ofHours(1));
        assertThat(requireNonNull(agent.tools().get("book")).within()).isEqualTo(Duration.ofSeconds(5));
        assertThat(requireNonNull(agent.tools().get("hand_over")).description()).contains("person");
        assertThat(requireNonNull(agent.voicemail()).action()).isEqualTo(AgentVoicemail.Action.LEAVE_MESSAGE);
        assertThat(agent.turn().detector()).isEqualTo(AgentTurnEnd.Detector.SILERO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "greting: Hello. | shop.yaml: greting is not known: did you mean greeting?",
                "voice: {provder: mary} | shop.yaml: voice.provder is not known: did you mean provider?",
                "voice: {provider: mery} | shop.yaml: voice.provider \"mery\" is not configured: did you mean mary?",
                "listen: {provider: deepgram} | shop.yaml: listen.provider \"deepgram\" is not configured: There is vosk",
                "tools: {bok: {description: b}} | shop.yaml: tools.bok has no route direct:tool-bok: did you mean book?",
                "tools: {book: } | shop.yaml: tools.book.description must tell the model what it does",
                "tools: {hand_over: } | shop.yaml: tools lists hand_over, so hand-over.number must say whom to ring",
                "longest: 30 | shop.yaml: longest must be a time with its unit, 400ms, 2s, 5m, 1h or 30d, was \"30\"",
                "longest: 9h | shop.yaml: longest must be 1s to 4h, was 9h",
                "voice: {speed: 9} | shop.yaml: voice.speed must be 0.25 to 4, was 9",
                "voice: {voice: paul} | shop.yaml: voice.voice \"paul\" is no voice of mary",
                "turn: {pause-long: 300ms} | shop.yaml: turn.pause-long must be 0.4s to 10s, was 0.3s"
            })
    void what_cannot_be_used_is_refused_with_what_to_write(String yaml, String message) throws IOException {
        write("shop.yaml", yaml + "\n");

        assertThatThrownBy(agents::readAll)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void an_agent_without_anybody_who_could_speak_is_refused() throws IOException {
        write("shop.yaml", "greeting: Hello.\n");
        Agents mute = new Agents(
                folder, new AgentProviders(Chains.live("vosk"), Chains.dialogue("answers"), Chains.speech(), Set::of));

        assertThatThrownBy(mute::readAll).hasMessageContaining("shop.yaml: voice has no provider");
    }

    @Test
    void a_tenants_own_agent_goes_before_that_for_all_and_is_nobody_elses() throws IOException {
        write("shop.yaml", "greeting: For all.\n");
        write("acme/shop.yaml", "greeting: Ours.\n");
        write("acme/secret.yaml", "greeting: Hidden.\n");
        agents.readAll();

        assertThat(agents.get("acme", "shop").greeting()).isEqualTo("Ours.");
        assertThat(agents.get("other", "shop").greeting()).isEqualTo("For all.");
        assertThatThrownBy(() -> agents.get("other", "secret"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("agent secret not found for tenant other");
        assertThatThrownBy(() -> agents.get("other", "../acme/secret")).isInstanceOf(Refusal.class);
    }

    @Test
    void a_file_that_changes_counts_and_one_that_breaks_does_not() throws IOException {
        write("shop.yaml", "greeting: One.\n");
        agents.readAll();
        write("shop.yaml", "greeting: Two, longer.\n");
        assertThat(agents.get("acme", "shop").greeting()).isEqualTo("Two, longer.");

        write("shop.yaml", "greting: Three.\n");
        Files.setLastModifiedTime(folder.resolve("shop.yaml"), FileTime.from(Instant.EPOCH));
        assertThat(agents.get("acme", "shop").greeting()).isEqualTo("Two, longer.");
    }
}
