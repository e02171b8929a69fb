package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretLookupsTest {

    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private volatile Supplier<String> vault = () -> "old";
    private final SecretLookups secrets = new SecretLookups(
            name -> () -> {
                lookups.incrementAndGet();
                return vault.get();
            },
            Duration.ofMillis(200),
            clock());

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @AfterEach
    void letGo() {
        end.countDown();
    }

    private String hang() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "too late";
    }

    private static String down() {
        throw new IllegalStateException("the vault is down");
    }

    @Test
    void a_secret_that_was_changed_is_used_after_a_minute() {
        assertThat(secrets.of("key")).contains("old");
        vault = () -> "new";
        assertThat(secrets.of("key")).contains("old");

        now = now.plusSeconds(61);

        await().untilAsserted(() -> assertThat(secrets.of("key")).contains("new"));
        assertThat(lookups).hasValue(2);
    }

    @Test
    void what_was_found_last_is_used_for_an_hour_while_the_vault_is_down() {
        secrets.of("key");
        vault = SecretLookupsTest::down;

        now = now.plusSeconds(61);
        assertThat(secrets.of("key")).contains("old");
        await().untilAsserted(() -> assertThat(lookups).hasValue(2));
        now = now.plus(Duration.ofMinutes(50));
        assertThat(secrets.of("key")).contains("old");
        now = now.plus(Duration.ofMinutes(70));
        assertThat(secrets.of("key")).isEmpty();
    }

    @Test
    void what_could_not_be_found_is_looked_up_again_after_seconds() {
        vault = SecretLookupsTest::down;
        assertThat(secrets.of("key")).isEmpty();
        vault = () -> "there";
        assertThat(secrets.of("key")).isEmpty();

        now = now.plusSeconds(6);

        assertThat(secrets.of("key")).contains("there");
    }

    @Test
    void a_vault_that_hangs_holds_nobody_for_long_and_takes_one_thread() {
        vault = this::hang;
        for (int i = 0; i < 3; i++) {
            assertThat(secrets.of("key")).isEmpty();
            now = now.plusSeconds(6);
        }
        assertThat(lookups).hasValue(1);

        vault = () -> "there";
        assertThat(secrets.of("other")).contains("there");
    }
}
