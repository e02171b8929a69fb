package org.caravox.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.caravox.agents.AgentWork.Called;
import org.caravox.agents.AgentWork.Ear;
import org.caravox.agents.Answer.Then;
import org.caravox.agents.ConversationTurn.Who;
import org.caravox.audio.activity.SpeechDetector;
import org.caravox.audio.activity.SpeechSpans;
import org.caravox.live.Phrase;
import org.caravox.requests.HangUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent on a call: hears until the caller has had a turn, has the model answer, and speaks while it is still writing;
 * stops when the caller breaks in. All of its state belongs to the call's loop, on which its public methods are called
 * too, and nothing in it blocks.
 */
public final class Conversation {

    /** How long nobody speaks until a span of speech has ended; part of every pause. */
    static final Duration QUIET = Duration.ofMillis(200);

    private static final Logger log = LoggerFactory.getLogger(Conversation.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How long the last words may take after the caller stopped. */
    private static final Duration WORDS_WITHIN = Duration.ofMillis(1_500);

    /** No frame for so long is silence: carriers send nothing at all then. */
    private static final Duration NO_AUDIO = Duration.ofMillis(300);

    /** Audio that is kept until somebody listens: 20 ms each. */
    private static final int EARLY_FRAMES = 250;

    private static final int MOST_ROUNDS = 5;
    private static final int MOST_KEYS = 64;

    private final AgentCall call;
    private final Agent agent;
    private final AgentWork work;
    private final AgentMetrics metrics;
    private final LongSupplier nanos;
    private final Clock clock;

    private final SpeechSpans spans;
    private final Pauses pauses;
    private final Mouth mouth;
    private final @Nullable Screening screening;
    private final History history = new History();
    private final CallerWords words = new CallerWords();
    private final StringBuilder keys = new StringBuilder();
    private final Deque<byte[]> early = new ArrayDeque<>();
    private final HangUp gone = new HangUp();
    private final CompletableFuture<String> over = new CompletableFuture<>();

    private final Alarm turnDue;
    private final Alarm backchannelOver;
    private final Alarm fillerDue;
    private final Alarm silenceDue;
    private final Alarm keysDue;
    private final Alarm longest;
    private final Alarm noAudio;

    private @Nullable Ear ear;
    private @Nullable Answer answer;
    private boolean awaitingWords;
    private boolean suspect;
    private boolean failing;
    private long hears;
    private long speechEnd;
    private long heardAt;
    private int turns;
    private int callerTurns;
    private int fillers;
    private int silences;

    Conversation(
            AgentCall call,
            Agent agent,
            AgentWork work,
            SpeechDetector detector,
            AgentMetrics metrics,
            LongSupplier nanos,
            Clock clock) {
        this.call = call;
        this.agent = agent;
        this.work = work;
        this.metrics = metrics;
        this.nanos = nanos;
        this.clock = clock;
        this.pauses = new Pauses(agent.turn());
        this.spans = new SpeechSpans(detector, agent.bargeIn().after(), QUIET, new Spans());
        this.mouth = new Mouth(call.player(), call.loop(), work::speak, new Spoken());
        AgentVoicemail voicemail = agent.voicemail();
        this.screening = call.outbound() && voicemail != null
                ? new Screening(voicemail, call.loop(), call.player().sampleRateHz(), new Screened(voicemail))
                : null;
        this.turnDue = new Alarm(call.loop());
        this.backchannelOver = new Alarm(call.loop());
        this.fillerDue = new Alarm(call.loop());
        this.silenceDue = new Alarm(call.loop());
        this.keysDue = new Alarm(call.loop());
        this.longest = new Alarm(call.loop());
        this.noAudio = new Alarm(call.loop());
    }

    // ---- what the call tells
    // -----------------------------------------------------------------------------------------

    void begin() {
        speechEnd = nanos.getAsLong();
        work.listen(gone, new Hearing());
        if (!agent.resumeWithin().isZero()) {
            work.recall(history::before);
        }
        longest.set(agent.longest(), () -> ending("longest"));
        if (screening == null) {
            greet();
        } else {
            screening.begin();
        }
    }

    /**
     * What the caller says.
     *
     * @param pcm 20 ms or so of signed 16-bit little-endian PCM at the player's rate; not changed afterwards
     */
    public void heard(byte[] pcm) {
        if (isOver()) {
            return;
        }
        Ear listening = ear;
        if (listening != null) {
            listening.hear(pcm);
        } else if (early.size() < EARLY_FRAMES) {
            early.add(pcm);
        }
        if (screening != null) {
            screening.heard(pcm);
        }
        hears += pcm.length / 2;
        spans.hear(pcm);
        if (spans.speaking()) {
            noAudio.set(NO_AUDIO, spans::silent);
        }
    }

    /** A key was pressed: 0-9, *, #, A-D. What the agent says ends, and the keys become a turn. */
    public void pressed(char key) {
        if (isOver() || failing) {
            return;
        }
        silenceDue.cancel();
        Answer current = answer;
        if (current != null && current.then == Then.LISTEN && !works(current)) {
            interrupt(current);
        }
        if (keys.length() < MOST_KEYS) {
            keys.append(key);
        }
        if (key == '#') {
            keysEntered();
        } else {
            keysDue.set(agent.keys().pause(), this::keysEntered);
        }
    }

    /** The call is over, whoever ended it. */
    public void ended() {
        end("caller");
    }

    /** Whether nothing follows. */
    public boolean isOver() {
        return over.isDone();
    }

    /** How it ended, in a word or two: {@code caller}, {@code hand-over}, {@code silence}, {@code longest} ... */
    public CompletableFuture<String> over() {
        return over.copy();
    }

    // ---- the caller speaks
    // -----------------------------------------------------------------------------------------

    private final class Spans implements SpeechSpans.Told {

        @Override
        public void began() {
            turnDue.cancel();
            silenceDue.cancel();
            if (screening != null) {
                screening.began();
            }
            Answer current = answer;
            if (current != null) {
                spokenOver(current);
            }
        }

        @Override
        public void ended() {
            noAudio.cancel();
            speechEnd = nanos.getAsLong() - QUIET.toNanos();
            awaitingWords = true;
            if (ear != null) {
                ear.settle();
            }
            if (screening != null) {
                screening.ended();
            }
            awaitTurn();
        }
    }

    /** The caller speaks while the agent does, or thinks. */
    private void spokenOver(Answer current) {
        if (current.then != Then.LISTEN) {
            return;
        }
        if (!mouth.audible()) {
            if (current.answers() && !works(current)) {
                interrupt(current); // they go on: all of it is one turn
            }
        } else if (agent.bargeIn().on()) {
            if (agent.bargeIn().ignoreBackchannels()) {
                suspect = true;
                Duration left =
                        agent.bargeIn().backchannel().minus(agent.bargeIn().after());
                backchannelOver.set(left, this::notBackchannel);
            } else {
                interrupt(current);
            }
        }
    }

    /** Whether it has asked for something to be done, which is not given up before anything of it was heard. */
    private boolean works(Answer current) {
        return current.rounds > 0 && !mouth.audible();
    }

    private void notBackchannel() {
        Answer current = answer;
        if (suspect && current != null && spans.speaking()) {
            interrupt(current);
        }
    }

    /** Stops the agent; what was not heard was not said. */
    private void interrupt(Answer current) {
        String heard = mouth.stop();
        current.hangUp.hangUp();
        fillerDue.cancel();
        suspect = false;
        backchannelOver.cancel();
        answer = null;
        if (!heard.isEmpty()) {
            agentSaid(current, heard, true);
            metrics.interrupted(agent.name());
        } else if (current.answers() && current.rounds == 0) {
            history.takeBack();
            words.putBack(current.said);
        } else {
            keepCaller(current);
        }
    }

    private final class Hearing implements AgentWork.Hearing {

        @Override
        public void opened(Ear opened) {
            if (isOver()) {
                opened.end();
                return;
            }
            ear = opened;
            early.forEach(opened::hear);
            early.clear();
        }

        @Override
        public void phrase(Phrase phrase) {
            if (!isOver()) {
                told(phrase);
            }
        }

        @Override
        public void failed(Throwable why) {
            fail("listening", why);
        }
    }

    private void told(Phrase phrase) {
        boolean news = words.add(phrase);
        long now = nanos.getAsLong();
        if (phrase.settled()) {
            heardAt = now;
            if (phrase.asked() || phrase.endpoint()) {
                awaitingWords = false;
            }
        }
        if (news) {
            silenceDue.cancel();
        }
        Answer current = answer;
        if (suspect && current != null && !Backchannels.only(words.text())) {
            interrupt(current);
        }
        if (!spans.speaking() && (news || phrase.settled())) {
            boolean unnoticed = phrase.endpoint()
                    && now - speechEnd > agent.turn().pauseLong().toNanos();
            speechEnd = unnoticed ? now - QUIET.toNanos() : speechEnd;
            awaitTurn();
        }
    }

    /** Waits as long as it takes to be sure that the caller has said what there is to say. */
    private void awaitTurn() {
        if (isOver() || failing || screeningGoesOn()) {
            return;
        }
        Duration quiet = Duration.ofNanos(nanos.getAsLong() - speechEnd);
        turnDue.set(pauses.after(words.text()).minus(quiet), this::turnDue);
    }

    private void turnDue() {
        if (isOver() || failing || spans.speaking()) {
            return;
        }
        Duration quiet = Duration.ofNanos(nanos.getAsLong() - speechEnd);
        Duration left = WORDS_WITHIN.minus(quiet);
        if (awaitingWords && !left.isNegative() && !left.isZero()) {
            turnDue.set(left, this::turnDue);
            return;
        }
        awaitingWords = false;
        if (words.text().isEmpty()) {
            suspect = false;
            awaitSpeech();
            return;
        }
        Answer current = answer;
        if (current == null) {
            takeTurn(words.take());
        } else if (suspect && Backchannels.only(words.text())) {
            suspect = false;
            backchannelOver.cancel();
            words.take();
        } else if (current.then == Then.LISTEN && agent.bargeIn().on() && !works(current)) {
            interrupt(current);
            takeTurn(words.take());
        } // else it is their turn once the agent has spoken
    }

    private void keysEntered() {
        if (keys.isEmpty() || isOver()) {
            return;
        }
        if (answer != null) {
            keysDue.set(agent.keys().pause(), this::keysEntered);
            return;
        }
        keysDue.cancel();
        String pressed = "The caller pressed " + keys.toString().replaceAll("(.)(?=.)", "$1 ");
        keys.setLength(0);
        speechEnd = nanos.getAsLong();
        heardAt = speechEnd;
        String said = words.take();
        takeTurn(said.isEmpty() ? pressed : said + " " + pressed);
    }

    // ---- the agent answers
    // -----------------------------------------------------------------------------------------

    private void takeTurn(String said) {
        silences = 0;
        silenceDue.cancel();
        Answer next = new Answer(said, speechEnd, clock.instant());
        next.turnEnd = since(next);
        next.heard = heardAt >= speechEnd ? Duration.ofNanos(heardAt - speechEnd) : null;
        answer = next;
        AgentTurn turn = new AgentTurn(
                call.id(),
                call.tenant(),
                agent.name(),
                call.caller(),
                ++callerTurns,
                said,
                history.copy(),
                agent.prompt(),
                agent.model().provider(),
                agent.model().model(),
                null);
        next.turn = turn;
        history.caller(said);
        mouth.begin();
        fillLater(next);
        think(next, turn, true);
    }

    private Duration since(Answer current) {
        return Duration.ofNanos(nanos.getAsLong() - current.since);
    }

    private void fillLater(Answer current) {
        Duration after = agent.filler().after();
        if (after.isZero() || agent.filler().texts().isEmpty()) {
            return;
        }
        fillerDue.set(after, () -> {
            if (answer == current && !mouth.occupied()) {
                List<String> texts = agent.filler().texts();
                mouth.say(texts.get(fillers++ % texts.size()), false);
            }
        });
    }

    private void think(Answer current, AgentTurn turn, boolean route) {
        current.piece.setLength(0);
        work.think(turn, history.copy(), route, current.hangUp, new AgentWork.Thoughts() {
            @Override
            public void turned(AgentTurn changed) {
                current.turn = changed;
            }

            @Override
            public void said(String piece) {
                if (answer == current) {
                    write(current, piece);
                }
            }

            @Override
            public void done(List<Called> calls) {
                if (answer == current) {
                    thought(current, calls);
                }
            }

            @Override
            public void failed(Throwable why) {
                if (answer == current) {
                    fail("thinking", why);
                }
            }
        });
    }

    private void write(Answer current, String piece) {
        if (current.modelFirst == null) {
            current.modelFirst = since(current);
        }
        current.piece.append(piece);
        current.text.append(piece);
        current.sentences.add(piece).forEach(this::say);
    }

    private void say(String sentence) {
        fillerDue.cancel();
        mouth.say(sentence, true);
    }

    private void thought(Answer current, List<Called> calls) {
        current.sentences.rest().ifPresent(this::say);
        if (calls.isEmpty() || current.rounds >= MOST_ROUNDS) {
            mouth.finish();
            return;
        }
        current.rounds++;
        current.text.append(' ');
        history.called(current.piece.toString(), calls);
        fillLater(current);
        call(current, new ArrayDeque<>(calls));
    }

    private void call(Answer current, Deque<Called> calls) {
        Called next = calls.poll();
        if (next == null) {
            afterCalls(current);
            return;
        }
        current.tools.add(next.name());
        AgentTool listed = agent.tools().get(next.name());
        JsonNode arguments = arguments(next);
        if (listed == null || !arguments.isObject()) {
            String why = listed == null
                    ? "there is no tool " + next.name() + ": use "
                            + agent.tools().keySet()
                    : "the arguments must be a JSON object";
            called(current, next, calls, JsonNodeFactory.instance.objectNode().put("error", why));
        } else if (BuiltIn.of(next.name()).isPresent()) {
            called(current, next, calls, builtIn(current, next.name(), arguments));
        } else {
            ToolCall tool = new ToolCall(call.id(), call.tenant(), agent.name(), call.caller(), next.name(), arguments);
            work.tool(tool, listed.within(), current.hangUp, result -> {
                if (answer == current) {
                    called(current, next, calls, result);
                }
            });
        }
    }

    private static JsonNode arguments(Called called) {
        try {
            String text = called.arguments();
            return text.isBlank() ? JsonNodeFactory.instance.objectNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.missingNode();
        }
    }

    private void called(Answer current, Called one, Deque<Called> rest, JsonNode result) {
        history.result(one, result);
        call(current, rest);
    }

    private JsonNode builtIn(Answer current, String name, JsonNode arguments) {
        switch (name) {
            case BuiltIn.HAND_OVER -> {
                current.then = Then.HAND_OVER;
                current.reason = arguments.path("briefing").asText("");
            }
            case BuiltIn.HANG_UP -> {
                current.then = Then.HANG_UP;
                current.reason = "agent";
            }
            default -> {
                String wanted = arguments.path("keys").asText("");
                if (!wanted.matches("[0-9*#A-Dw]{1,64}")) {
                    return JsonNodeFactory.instance.objectNode().put("error", "keys may be 0-9, *, #, A-D and w");
                }
                call.press(wanted);
            }
        }
        return JsonNodeFactory.instance.objectNode().put("done", true);
    }

    private void afterCalls(Answer current) {
        if (current.then == Then.LISTEN) {
            think(current, Objects.requireNonNull(current.turn), false);
            return;
        }
        if (current.text.toString().isBlank()) {
            String last = current.then == Then.HANG_UP ? agent.goodbye() : handOverText();
            write(current, last);
            current.sentences.rest().ifPresent(this::say);
        }
        mouth.finish();
    }

    private String handOverText() {
        AgentHandOver to = agent.handOver();
        return to == null ? "" : to.text();
    }

    // ---- the agent speaks
    // -----------------------------------------------------------------------------------------

    private final class Spoken implements Mouth.Told {

        @Override
        public void firstAudio() {
            Answer current = answer;
            if (current != null) {
                current.audioFirst = since(current);
            }
        }

        @Override
        public void firstPacket() {
            Answer current = answer;
            if (current != null) {
                current.packetFirst = since(current);
            }
        }

        @Override
        public void spoken() {
            Answer current = answer;
            if (current != null) {
                Conversation.this.spoken(current);
            }
        }

        @Override
        public void failed(Throwable why) {
            fail("speaking", why);
        }
    }

    private void spoken(Answer current) {
        answer = null;
        suspect = false;
        fillerDue.cancel();
        String text = current.text.toString().replaceAll("\\s+", " ").strip();
        if (!text.isEmpty()) {
            agentSaid(current, text, false);
        } else if (current.answers()) {
            keepCaller(current);
        }
        if (current.then == Then.LISTEN) {
            awaitSpeech();
        } else {
            depart(current.then, current.reason);
        }
    }

    private void agentSaid(Answer current, String text, boolean interrupted) {
        history.agent(text, interrupted);
        keepCaller(current);
        TurnLatency latency = current.latency();
        work.keep(new ConversationTurn(++turns, Who.AGENT, text, interrupted, clock.instant(), latency, current.tools));
        if (latency != null) {
            metrics.answered(latency);
        }
    }

    private void keepCaller(Answer current) {
        if (current.answers()) {
            work.keep(new ConversationTurn(++turns, Who.CALLER, current.said, false, current.at, null, List.of()));
        }
    }

    private void awaitSpeech() {
        if (spans.speaking() || answer != null || isOver()) {
            return;
        }
        if (!words.text().isEmpty()) {
            awaitTurn();
            return;
        }
        Duration after = agent.silence().after();
        if (!after.isZero() && keys.isEmpty()) {
            silenceDue.set(after, this::silent);
        }
    }

    private void silent() {
        List<String> prompts = agent.silence().prompts();
        if (silences < prompts.size()) {
            say(prompts.get(silences++), Then.LISTEN, "");
        } else {
            ending("silence");
        }
    }

    private void greet() {
        if (agent.greeting().isBlank()) {
            awaitSpeech();
        } else {
            say(agent.greeting(), Then.LISTEN, "");
        }
    }

    /** Says something of itself; nothing is being said. */
    private void say(String text, Then then, String reason) {
        Answer own = new Answer("", nanos.getAsLong(), clock.instant());
        own.then = then;
        own.reason = reason;
        answer = own;
        mouth.begin();
        own.text.append(text);
        own.sentences.add(text).forEach(this::say);
        own.sentences.rest().ifPresent(this::say);
        mouth.finish();
    }

    /** Says goodbye and hangs up. */
    private void ending(String reason) {
        stopAll();
        say(agent.goodbye(), Then.HANG_UP, reason);
    }

    private void stopAll() {
        Answer current = answer;
        if (current != null) {
            interrupt(current);
        }
        turnDue.cancel();
        silenceDue.cancel();
        keysDue.cancel();
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------

    /** The agent cannot go on: somebody else does, where there is somebody. */
    private void fail(String doing, Throwable why) {
        if (isOver()) {
            return;
        }
        log.warn(
                "agent.failed call={} tenant={} agent={} doing={} reason=\"{}\"",
                call.id(),
                call.tenant(),
                agent.name(),
                doing,
                why.getMessage());
        metrics.failed(agent.name(), doing);
        Then then = agent.handOver() == null ? Then.HANG_UP : Then.HAND_OVER;
        String said = answer == null ? words.text() : answer.said;
        String reason = then == Then.HANG_UP ? "failed" : said.isEmpty() ? "" : "The caller said: " + said;
        boolean mute = failing || doing.equals("speaking");
        failing = true;
        stopAll();
        if (mute) {
            depart(then, reason);
        } else {
            say(agent.apology(), then, reason);
        }
    }

    private void depart(Then then, String reason) {
        AgentHandOver to = agent.handOver();
        if (then == Then.HAND_OVER && to != null) {
            call.handOver(to.number(), reason);
            end("hand-over");
        } else {
            end(reason);
            call.hangUp(reason);
        }
    }

    private void end(String how) {
        if (!over.complete(how)) {
            return;
        }
        for (Alarm alarm : List.of(turnDue, backchannelOver, fillerDue, silenceDue, keysDue, longest, noAudio)) {
            alarm.cancel();
        }
        if (screening != null) {
            screening.end();
        }
        Answer current = answer;
        if (current != null) {
            String heard = mouth.stop();
            current.hangUp.hangUp();
            if (!heard.isEmpty()) {
                agentSaid(current, heard, true);
            } else {
                keepCaller(current);
            }
            answer = null;
        }
        mouth.hush();
        gone.hangUp();
        if (ear != null) {
            ear.end();
        }
        early.clear();
        work.over(how);
        metrics.ended(agent.name(), how);
    }

    // ---- machines that answer
    // -----------------------------------------------------------------------------------------

    private boolean screeningGoesOn() {
        return screening != null && !screening.isOver();
    }

    private final class Screened implements Screening.Told {

        private final AgentVoicemail voicemail;

        Screened(AgentVoicemail voicemail) {
            this.voicemail = voicemail;
        }

        @Override
        public void human() {
            if (agent.greeting().isBlank()) {
                awaitTurn();
            } else {
                words.forget((double) hears / call.player().sampleRateHz());
                greet();
            }
        }

        @Override
        public void machine() {
            metrics.machine(agent.name());
            work.machineAnswered();
            if (voicemail.action() == AgentVoicemail.Action.HANG_UP) {
                depart(Then.HANG_UP, "machine");
            }
        }

        @Override
        public void listens() {
            say(voicemail.message(), Then.HANG_UP, "message left");
        }
    }
}
