package org.caravox.calls;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.caravox.calls.Gather.Gathered;
import org.caravox.calls.Gather.How;
import org.caravox.live.Phrase;
import org.jspecify.annotations.Nullable;

/** A caller who was asked for something: collects what they say or press. Its state belongs to the loop of their audio. */
final class Gathering implements Listening.Reader, Party.Keys {

    private final Party party;
    private final Gather wish;
    private final @Nullable Listening listening;
    private final @Nullable Playing prompt;
    private final CompletableFuture<Gathered> done = new CompletableFuture<>();
    private final StringBuilder digits = new StringBuilder();
    private final StringBuilder speech = new StringBuilder();
    private @Nullable Future<?> timer;

    /** @param prompt what is said to them meanwhile: it stops when they speak or press; null is nothing */
    Gathering(Party party, Gather wish, @Nullable Listening listening, @Nullable Playing prompt) {
        this.party = party;
        this.wish = wish;
        this.listening = listening;
        this.prompt = prompt;
    }

    CompletableFuture<Gathered> begin() {
        if (wish.digits() > 0) {
            party.watch(this);
        }
        if (listening != null && wish.speech()) {
            listening.read(this);
        }
        party.onEnd(ended -> onLoop(() -> done.completeExceptionally(new CallEnded(ended.reason()))));
        if (prompt == null) {
            onLoop(() -> waitFor(wish.timeout().toMillis()));
        } else {
            var unused = prompt.done()
                    .whenComplete((heard, why) -> onLoop(() -> {
                        if (why != null) {
                            done.completeExceptionally(why);
                        } else if (timer == null) {
                            waitFor(wish.timeout().toMillis());
                        }
                    }));
        }
        var unused = done.whenComplete((gathered, why) -> over());
        return done;
    }

    private void over() {
        party.watchNoMore(this);
        if (listening != null) {
            listening.readNoMore(this);
        }
        onLoop(() -> {
            if (timer != null) {
                timer.cancel(false);
            }
        });
    }

    @Override
    public void pressed(char digit) {
        onLoop(() -> {
            interrupt();
            Character last = wish.finishOn();
            if (last != null && last == digit) {
                finish(How.DIGITS);
                return;
            }
            digits.append(digit);
            if (digits.length() >= wish.digits()) {
                finish(How.DIGITS);
            } else {
                waitFor(wish.betweenDigits().toMillis());
            }
        });
    }

    @Override
    public void heard(Phrase phrase) {
        if (phrase.channel() != 0) {
            return;
        }
        onLoop(() -> {
            if (phrase.isSilence()) {
                if (phrase.endpoint() && !speech.isEmpty()) { // words that were settled before the pause
                    finish(How.SPEECH);
                }
                return;
            }
            interrupt();
            if (!phrase.settled()) {
                waitFor(wish.timeout().toMillis());
                return;
            }
            speech.append(speech.isEmpty() ? "" : " ").append(phrase.transcript());
            if (phrase.endpoint()) {
                finish(How.SPEECH);
            } else {
                waitFor(wish.timeout().toMillis());
            }
        });
    }

    @Override
    public void deaf() {
        onLoop(() -> {
            if (wish.digits() == 0) {
                finish(speech.isEmpty() ? How.TIMEOUT : How.SPEECH);
            }
        });
    }

    private void interrupt() {
        if (prompt != null) {
            prompt.stop();
        }
    }

    private void waitFor(long millis) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = party.audio().loop().schedule(this::late, millis, TimeUnit.MILLISECONDS);
    }

    private void late() {
        finish(!digits.isEmpty() ? How.DIGITS : !speech.isEmpty() ? How.SPEECH : How.TIMEOUT);
    }

    private void finish(How how) {
        done.complete(new Gathered(how, speech.toString(), digits.toString()));
    }

    private void onLoop(Runnable what) {
        party.audio().loop().execute(what);
    }
}
