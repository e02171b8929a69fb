package org.caravox.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is asked at a time is done at a time, and nobody pays for another's mistake. */
class TogetherTest {

    private static final int POISON = 7;

    private final List<List<Integer>> calls = new CopyOnWriteArrayList<>();
    private final List<Thread> callers = new ArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final Together<Integer, String> together = new Together<>(100, this::work);

    private List<String> work(List<Integer> asked) {
        calls.add(asked);
        if (asked.contains(0)) {
            awaitFirst();
        }
        if (asked.contains(POISON)) {
            throw new IllegalArgumentException("cannot store " + POISON);
        }
        return asked.stream().map(number -> "done " + number).toList();
    }

    private void awaitFirst() {
        try {
            first.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** While the first is under way, the others gather. */
    private List<CompletableFuture<String>> askAll(int from, int to) {
        CompletableFuture<String> leader = ask(0);
        await().until(() -> calls.size() == 1);
        List<CompletableFuture<String>> asks = new ArrayList<>(List.of(leader));
        for (int number = from; number <= to; number++) {
            asks.add(ask(number));
        }
        await().until(() -> callers.stream().allMatch(caller -> caller.getState() == Thread.State.WAITING));
        first.countDown();
        return asks;
    }

    private CompletableFuture<String> ask(int number) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                answer.complete(together.ask(number));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        caller.setDaemon(true);
        caller.start();
        callers.add(caller);
        return answer;
    }

    @Test
    void who_comes_meanwhile_is_done_in_one_call() {
        List<CompletableFuture<String>> asks = askAll(10, 19);

        assertThat(asks.stream().map(CompletableFuture::join))
                .contains("done 0", "done 10", "done 19")
                .hasSize(11);
        assertThat(calls).hasSize(2);
        assertThat(calls.get(1)).hasSize(10);
    }

    @Test
    void one_that_cannot_be_done_fails_alone() {
        List<CompletableFuture<String>> asks = askAll(5, 9);

        CompletableFuture<String> poisoned = asks.remove(3);
        assertThat(asks.stream().map(CompletableFuture::join))
                .containsExactly("done 0", "done 5", "done 6", "done 8", "done 9");
        assertThatThrownBy(poisoned::join).hasMessageContaining("cannot store 7");
    }

    @Test
    void who_is_interrupted_has_it_done_and_stays_interrupted() {
        Thread.currentThread().interrupt();

        assertThat(together.ask(1)).isEqualTo("done 1");

        assertThat(Thread.interrupted()).isTrue();
    }
}
