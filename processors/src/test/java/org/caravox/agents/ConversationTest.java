package org.caravox.agents;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.caravox.agents.AgentWork.Called;
import org.caravox.agents.ConversationTurn.Who;
import org.caravox.audio.activity.SpeechDetector;
import org.junit.jupiter.api.Test;

/** What an agent does on a call, in virtual time. */
class ConversationTest {

    private static final Duration FRAME = Duration.ofMillis(20);
    private static final int FRAME_BYTES = 2 * VirtualCall.RATE / 50;
    private static final String LONG_ANSWER =
            "We are open from Tuesday to Sunday. On Mondays the kitchen is closed and so is the house.";

    private final VirtualLoop loop = new VirtualLoop();
    private final VirtualCall call = new VirtualCall(loop);
    private final ScriptedWork work = new ScriptedWork(loop);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    /** A frame whose first byte is set is speech. */
    private static final class Marked implements SpeechDetector {
        @Override
        public Duration frame() {
            return FRAME;
        }

        @Override
        public void hear(byte[] pcm, Frames told) {
            told.frame(pcm[0] != 0);
        }
    }

    private static AgentBuilder agent() {
        return new AgentBuilder();
    }

    private Conversation begin(AgentBuilder settings) {
        AgentMetrics counted = new AgentMetrics(metrics);
        counted.begun();
        Conversation conversation =
                new Conversation(call, settings.build(), work, new Marked(), counted, loop::nanos, Clock.systemUTC());
        loop.execute(conversation::begin);
        loop.advance(Duration.ofMillis(10));
        return conversation;
    }

    private void frames(Conversation conversation, Duration time, boolean speech) {
        for (long i = 0; i < time.dividedBy(FRAME); i++) {
            byte[] pcm = new byte[FRAME_BYTES];
            pcm[0] = (byte) (speech ? 1 : 0);
            if (speech) {
                pcm[100] = 50;
            }
            conversation.heard(pcm);
            loop.advance(FRAME);
        }
    }

    private void quiet(Conversation conversation, long millis) {
        frames(conversation, Duration.ofMillis(millis), false);
    }

    /** The caller says something in a second, and is quiet. */
    private void say(Conversation conversation, String text) {
        frames(conversation, Duration.ofMillis(500), true);
        work.hears(text);
        frames(conversation, Duration.ofMillis(500), true);
    }

    private static List<String> texts(JsonNode messages) {
        return StreamSupport.stream(messages.spliterator(), false)
                .map(message -> message.path("role").asText() + ": "
                        + message.path("content").asText())
                .toList();
    }

    private List<String> turns() {
        return work.kept.stream()
                .map(turn -> (turn.who() == Who.CALLER ? "caller: " : "agent: ")
                        + turn.text()
                        + (turn.interrupted() ? " (interrupted)" : ""))
                .toList();
    }

    @Test
    void three_turns_are_heard_answered_and_kept_in_order() {
        work.says("We are open until ten.");
        work.says("Gladly. For which day?");
        work.says("It is done. See you then.");
        Conversation conversation = begin(agent().greeting("Hello."));
        quiet(conversation, 1_000);

        say(conversation, "When do you close?");
        quiet(conversation, 4_000);
        say(conversation, "I want to book a table.");
        quiet(conversation, 4_000);
        say(conversation, "Tomorrow please");
        quiet(conversation, 4_000);

        assertThat(turns())
                .containsExactly(
                        "agent: Hello.",
                        "caller: When do you close?",
                        "agent: We are open until ten.",
                        "caller: I want to book a table.",
                        "agent: Gladly. For which day?",
                        "caller: Tomorrow please",
                        "agent: It is done. See you then.");
        assertThat(texts(work.asked.get(2)))
                .containsExactly(
                        "assistant: Hello.",
                        "user: When do you close?",
                        "assistant: We are open until ten.",
                        "user: I want to book a table.",
                        "assistant: Gladly. For which day?",
                        "user: Tomorrow please");
        TurnLatency latency = requireNonNull(work.kept.get(2).latency());
        assertThat(latency.turnEnd()).isBetween(Duration.ofMillis(400), Duration.ofMillis(430));
        assertThat(latency.heard()).isBetween(Duration.ofMillis(300), Duration.ofMillis(400));
        assertThat(requireNonNull(latency.modelFirst()).minus(requireNonNull(latency.turnEnd())))
                .isEqualTo(ScriptedWork.MODEL);
        assertThat(requireNonNull(latency.packetFirst()).minus(requireNonNull(latency.audioFirst())))
                .isLessThan(Duration.ofMillis(41));
        assertThat(metrics.timer("agent.latency", "part", "packet_first").count())
                .isEqualTo(3);
    }

    @Test
    void the_first_sentence_is_played_while_the_model_still_writes() {
        work.says(LONG_ANSWER);
        Conversation conversation = begin(agent());
        say(conversation, "When are you open?");
        quiet(conversation, 400 + 400 + 8 * 30 + 150 + 100);

        assertThat(call.heard()).isPositive();
        assertThat(work.atWork).isNotEmpty();
        assertThat(work.spoken).containsExactly("We are open from Tuesday to Sunday.");
    }

    @Test
    void no_more_than_two_seconds_wait_in_the_player() {
        work.says(LONG_ANSWER.repeat(3));
        Conversation conversation = begin(agent());
        say(conversation, "When are you open?");

        for (int i = 0; i < 600; i++) {
            quiet(conversation, 20);
            assertThat(call.queued()).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(call.heard()).isGreaterThan(Duration.ofSeconds(8));
    }

    @Test
    void a_caller_who_breaks_in_is_heard_at_once_and_the_rest_was_never_said() {
        work.says(LONG_ANSWER);
        work.says("Yes, on Mondays.");
        Conversation conversation = begin(agent());
        say(conversation, "When are you open?");
        quiet(conversation, 3_000);
        assertThat(call.queued()).isPositive();

        long began = loop.nanos();
        frames(conversation, Duration.ofMillis(200), true);

        assertThat(call.clearedAt - began).isBetween(0L, Duration.ofMillis(200).toNanos());
        assertThat(call.queued()).isZero();
        assertThat(work.atWork).isEmpty();
        work.hears("Are you closed on Mondays?");
        frames(conversation, Duration.ofMillis(500), true);
        quiet(conversation, 3_000);
        assertThat(turns())
                .containsExactly(
                        "caller: When are you open?",
                        "agent: We are open from Tuesday to (interrupted)",
                        "caller: Are you closed on Mondays?",
                        "agent: Yes, on Mondays.");
        assertThat(texts(work.asked.get(1)))
                .containsExactly(
                        "user: When are you open?",
                        "assistant: We are open from Tuesday to —",
                        "user: Are you closed on Mondays?");
    }

    @Test
    void who_goes_on_before_the_answer_has_said_it_in_one_turn() {
        work.says("Never heard.");
        work.says("Gladly.");
        Conversation conversation = begin(agent());
        say(conversation, "I would like a table.");
        quiet(conversation, 600);
        say(conversation, "For four people.");
        quiet(conversation, 3_000);

        assertThat(texts(work.asked.get(1))).containsExactly("user: I would like a table. For four people.");
        assertThat(turns()).containsExactly("caller: I would like a table. For four people.", "agent: Gladly.");
    }

    @Test
    void a_cough_stops_nobody() {
        work.says(LONG_ANSWER);
        Conversation conversation = begin(agent());
        say(conversation, "When are you open?");
        quiet(conversation, 2_500);
        frames(conversation, Duration.ofMillis(80), true);
        quiet(conversation, 6_000);

        assertThat(turns()).containsExactly("caller: When are you open?", "agent: " + LONG_ANSWER);
    }

    @Test
    void backchannels_let_the_agent_go_on_and_words_do_not() {
        work.says(LONG_ANSWER);
        work.says("Sure.");
        Conversation conversation = begin(agent().ignoringBackchannels());
        say(conversation, "When are you open?");
        quiet(conversation, 1_500);
        frames(conversation, Duration.ofMillis(200), true);
        work.hears("okay");
        frames(conversation, Duration.ofMillis(100), true);
        quiet(conversation, 800);
        assertThat(call.clearedAt).isNegative();

        frames(conversation, Duration.ofMillis(200), true);
        work.hears("wait a moment");
        assertThat(call.clearedAt).isPositive();
        quiet(conversation, 3_000);
        assertThat(turns())
                .containsExactly(
                        "caller: When are you open?",
                        "agent: We are open from Tuesday to (interrupted)",
                        "caller: wait a moment",
                        "agent: Sure.");
    }

    @Test
    void where_nobody_may_break_in_the_caller_is_heard_afterwards() {
        work.says("We are open until ten in the evening.");
        work.says("No.");
        Conversation conversation = begin(agent().withoutBargeIn());
        say(conversation, "When do you close?");
        quiet(conversation, 1_500);
        say(conversation, "Not on Mondays?");
        quiet(conversation, 5_000);

        assertThat(call.clearedAt).isNegative();
        assertThat(turns())
                .containsExactly(
                        "caller: When do you close?",
                        "agent: We are open until ten in the evening.",
                        "caller: Not on Mondays?",
                        "agent: No.");
    }

    @Test
    void a_slow_model_is_covered_by_a_filler_that_is_no_part_of_the_answer() {
        work.modelTakes = Duration.ofSeconds(4);
        work.says("Ten.");
        Conversation conversation = begin(agent());
        say(conversation, "When do you close?");
        quiet(conversation, 7_000);

        assertThat(work.spoken).containsExactly("One moment.", "Ten.");
        assertThat(turns()).containsExactly("caller: When do you close?", "agent: Ten.");
    }

    @Test
    void who_says_nothing_is_asked_and_then_left() {
        Conversation conversation = begin(agent().greeting("Hello."));
        loop.advance(Duration.ofSeconds(40));

        assertThat(work.spoken).containsExactly("Hello.", "Are you still there?", "Goodbye.");
        assertThat(call.done).containsExactly("hang up: silence");
        assertThat(conversation.isOver()).isTrue();
    }

    @Test
    void a_conversation_ends_after_its_longest_time() {
        Conversation conversation = begin(agent().longest(Duration.ofSeconds(5)));
        loop.advance(Duration.ofSeconds(7));

        assertThat(work.spoken).containsExactly("Goodbye.");
        assertThat(call.done).containsExactly("hang up: longest");
        assertThat(conversation.over().join()).isEqualTo("longest");
    }

    @Test
    void a_line_that_stalls_is_not_silent_and_one_on_which_nothing_comes_any_more_is() {
        Conversation conversation = begin(agent());
        frames(conversation, Duration.ofMillis(500), true);
        loop.advance(Duration.ofMillis(600));
        frames(conversation, Duration.ofMillis(500), true);

        assertThat(work.settles).isZero();

        loop.advance(Duration.ofSeconds(1));

        assertThat(work.settles).isEqualTo(1);
    }

    @Test
    void pressed_keys_stop_the_agent_and_are_a_turn() {
        work.says("Thank you.");
        Conversation conversation = begin(agent().greeting("Please enter your number, followed by the hash key."));
        quiet(conversation, 1_000);
        for (char key : "123#".toCharArray()) {
            conversation.pressed(key);
            quiet(conversation, 300);
        }
        quiet(conversation, 2_000);

        assertThat(texts(work.asked.get(0)))
                .containsExactly("assistant: Please enter —", "user: The caller pressed 1 2 3 #");
        assertThat(turns().get(2)).isEqualTo("agent: Thank you.");
    }

    @Test
    void a_tool_is_called_and_its_result_told_to_the_model() {
        work.says("Let me look.", new Called("c1", "book", "{\"day\":\"Friday\"}"));
        work.says("It is free.");
        Conversation conversation = begin(agent().tools(Map.of("book", new AgentTool("Books", null, null))));
        say(conversation, "Is Friday free?");
        quiet(conversation, 5_000);

        assertThat(work.toolCalls.get(0).arguments().path("day").asText()).isEqualTo("Friday");
        assertThat(texts(work.asked.get(1)))
                .containsExactly("user: Is Friday free?", "assistant: Let me look.", "tool: {\"free\":true}");
        assertThat(turns()).containsExactly("caller: Is Friday free?", "agent: Let me look. It is free.");
        assertThat(work.kept.get(1).tools()).containsExactly("book");
    }

    @Test
    void a_tool_that_is_not_listed_is_not_called_and_the_model_is_told() {
        work.says("", new Called("c1", "delete_all", "{}"));
        work.says("I cannot.");
        Conversation conversation = begin(agent());
        say(conversation, "Delete it all.");
        quiet(conversation, 5_000);

        assertThat(work.toolCalls).isEmpty();
        assertThat(texts(work.asked.get(1)).get(2)).contains("there is no tool delete_all");
    }

    @Test
    void the_model_hands_over_once_it_has_said_so() {
        work.says("I put you through.", new Called("c1", "hand_over", "{\"briefing\":\"wants a refund\"}"));
        Conversation conversation = begin(agent().handOver("+15559")
                .tools(Map.of("hand_over", BuiltIn.of("hand_over").orElseThrow())));
        say(conversation, "I want a refund.");
        quiet(conversation, 1_400);
        assertThat(call.done).isEmpty();
        quiet(conversation, 3_000);

        assertThat(call.done).containsExactly("hand over to +15559: wants a refund");
        assertThat(turns()).endsWith("agent: I put you through.");
        assertThat(work.told).containsExactly("over: hand-over");
    }

    @Test
    void when_no_model_answers_the_agent_apologizes_and_hands_over() {
        work.modelFails = true;
        Conversation conversation = begin(agent().handOver("+15559"));
        say(conversation, "I want a refund.");
        quiet(conversation, 6_000);

        assertThat(work.spoken).containsExactly("I am sorry, I cannot go on at the moment.");
        assertThat(call.done).containsExactly("hand over to +15559: The caller said: I want a refund.");
    }

    @Test
    void when_nobody_listens_any_more_the_agent_apologizes_and_hangs_up() {
        Conversation conversation = begin(agent().greeting("Hello."));
        quiet(conversation, 100);
        work.earFails();
        loop.advance(Duration.ofSeconds(6));

        assertThat(work.spoken).endsWith("I am sorry, I cannot go on at the moment.");
        assertThat(call.done).containsExactly("hang up: failed");
    }

    @Test
    void without_a_voice_it_is_handed_over_at_once() {
        work.voiceFails = true;
        begin(agent().greeting("Hello.").handOver("+15559"));
        loop.advance(Duration.ofSeconds(1));

        assertThat(call.done).containsExactly("hand over to +15559: ");
    }

    @Test
    void who_calls_back_is_remembered() {
        work.earlier.add(
                new ConversationTurn(1, Who.CALLER, "My name is Mary.", false, Instant.EPOCH, null, List.of()));
        work.earlier.add(new ConversationTurn(2, Who.AGENT, "Hello Mary.", false, Instant.EPOCH, null, List.of()));
        work.says("You are Mary.");
        Conversation conversation = begin(agent().resumeWithin(Duration.ofHours(1)));
        say(conversation, "Who am I?");
        quiet(conversation, 2_000);

        assertThat(texts(work.asked.get(0)))
                .containsExactly("user: My name is Mary.", "assistant: Hello Mary.", "user: Who am I?");
    }

    @Test
    void a_call_that_ends_at_any_moment_leaves_nothing_behind() {
        for (int millis = 0; millis < 5_000; millis += 190) {
            ConversationTest one = new ConversationTest();
            one.work.says("Let me look.", new Called("c1", "book", "{}"));
            one.work.says(LONG_ANSWER);
            Conversation conversation =
                    one.begin(agent().greeting("Hello.").tools(Map.of("book", new AgentTool("Books", null, null))));
            one.say(conversation, "Is Friday free?");
            one.quiet(conversation, millis);
            conversation.ended();

            assertThat(one.work.atWork).as("after %d ms", millis).isEmpty();
            assertThat(one.work.earEnded).isTrue();
            assertThat(one.work.told).containsExactly("over: caller");
            one.loop.advance(Duration.ofSeconds(20));
            assertThat(one.loop.pending()).as("after %d ms", millis).isZero();
            assertThat(one.call.done).isEmpty();
            assertThat(one.turns().stream().filter("caller: Is Friday free?"::equals))
                    .hasSizeLessThan(2);
        }
    }

    @Test
    void a_machine_that_answers_our_call_is_left_a_message_after_its_beep() {
        call.outbound = true;
        Conversation conversation = begin(agent().greeting("Hello.").leaving("Please call back."));
        frames(conversation, Duration.ofSeconds(4), true);
        assertThat(work.told).containsExactly("machine");
        for (int i = 0; i < 20; i++) {
            conversation.heard(tone(1_000, i));
            loop.advance(FRAME);
        }
        quiet(conversation, 3_000);

        assertThat(work.spoken).containsExactly("Please call back.");
        assertThat(call.done).containsExactly("hang up: message left");
    }

    @Test
    void a_person_who_answers_our_call_is_greeted() {
        call.outbound = true;
        work.says("Nice.");
        Conversation conversation = begin(agent().greeting("Hello.").leaving("Please call back."));
        frames(conversation, Duration.ofMillis(400), true);
        work.hears("Yes?");
        quiet(conversation, 2_000);

        assertThat(work.spoken).containsExactly("Hello.");
        assertThat(turns()).containsExactly("agent: Hello.");
    }

    private static byte[] tone(int hertz, int frame) {
        byte[] pcm = new byte[FRAME_BYTES];
        for (int i = 0; i < pcm.length / 2; i++) {
            int at = frame * pcm.length / 2 + i;
            short sample = (short) (8_000 * Math.sin(2 * Math.PI * hertz * at / VirtualCall.RATE));
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        pcm[0] = 0;
        return pcm;
    }

    /** An agent, by what is out of the ordinary. */
    private static final class AgentBuilder {
        private String greeting = "";
        private Map<String, AgentTool> tools = Map.of();
        private String number = "";
        private Duration longest = Duration.ofMinutes(30);
        private Duration resumeWithin = Duration.ZERO;
        private boolean bargeIn = true;
        private boolean backchannels;
        private String message = "";

        AgentBuilder greeting(String text) {
            greeting = text;
            return this;
        }

        AgentBuilder tools(Map<String, AgentTool> listed) {
            tools = listed;
            return this;
        }

        AgentBuilder handOver(String to) {
            number = to;
            return this;
        }

        AgentBuilder longest(Duration time) {
            longest = time;
            return this;
        }

        AgentBuilder resumeWithin(Duration time) {
            resumeWithin = time;
            return this;
        }

        AgentBuilder withoutBargeIn() {
            bargeIn = false;
            return this;
        }

        AgentBuilder ignoringBackchannels() {
            backchannels = true;
            return this;
        }

        AgentBuilder leaving(String text) {
            message = text;
            return this;
        }

        Agent build() {
            return new Agent(
                    "test",
                    greeting,
                    null,
                    null,
                    null,
                    null,
                    null,
                    tools,
                    null,
                    number.isEmpty() ? null : new AgentHandOver(number, null),
                    null,
                    null,
                    null,
                    null,
                    longest,
                    null,
                    new AgentBargeIn(bargeIn, null, backchannels, null),
                    null,
                    resumeWithin,
                    message.isEmpty()
                            ? null
                            : new AgentVoicemail(AgentVoicemail.Action.LEAVE_MESSAGE, message, null, null, null));
        }
    }
}
