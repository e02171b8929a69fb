package org.caravox.tenants;

import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ClientSideConfig;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AbstractCompareAndSwapBasedProxyManager;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.AsyncCompareAndSwapOperation;
import io.github.bucket4j.distributed.proxy.generic.compare_and_swap.CompareAndSwapOperation;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Bucket4j's buckets in a table. A state is written only over the one that was read, so that nothing is locked between
 * the two and whoever came second reads again.
 */
final class BucketsTable extends AbstractCompareAndSwapBasedProxyManager<String> {

    private static final Duration KEPT_WHEN_FULL = Duration.ofMinutes(1);

    private final Jdbi database;

    BucketsTable(Jdbi database) {
        super(ClientSideConfig.getDefault()
                .withExpirationAfterWriteStrategy(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT_WHEN_FULL)));
        this.database = database;
    }

    @Override
    protected CompareAndSwapOperation beginCompareAndSwapOperation(String id) {
        return new CompareAndSwapOperation() {
            @Override
            public Optional<byte[]> getStateData(Optional<Long> timeoutNanos) {
                return state(id);
            }

            @Override
            public boolean compareAndSwap(
                    byte @Nullable [] before, byte[] after, RemoteBucketState state, Optional<Long> timeoutNanos) {
                return swap(id, before, after, keptFor(state));
            }
        };
    }

    private Optional<byte[]> state(String id) {
        return database.withHandle(handle -> handle.createQuery("select state from limit_buckets where id = :id")
                .bind("id", id)
                .mapTo(byte[].class)
                .findOne());
    }

    private boolean swap(String id, byte @Nullable [] before, byte[] after, Duration kept) {
        String change = before == null
                ? "insert into limit_buckets (id, state, expires_at)"
                        + " values (:id, :after, now() + :kept * interval '1 millisecond') on conflict do nothing"
                : "update limit_buckets set state = :after, expires_at = now() + :kept * interval '1 millisecond'"
                        + " where id = :id and state = :before";
        return database.withHandle(handle -> handle.createUpdate(change)
                        .bind("id", id)
                        .bind("before", before)
                        .bind("after", after)
                        .bind("kept", kept.toMillis())
                        .execute())
                == 1;
    }

    private Duration keptFor(RemoteBucketState state) {
        return Duration.ofMillis(getClientSideConfig()
                .getExpirationAfterWriteStrategy()
                .orElseThrow()
                .calculateTimeToLiveMillis(state, currentTimeNanos()));
    }

    @Override
    protected AsyncCompareAndSwapOperation beginAsyncCompareAndSwapOperation(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected CompletableFuture<Void> removeAsync(String id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isAsyncModeSupported() {
        return false;
    }

    @Override
    public boolean isExpireAfterWriteSupported() {
        return true;
    }

    @Override
    public void removeProxy(String id) {
        database.useHandle(handle -> handle.createUpdate("delete from limit_buckets where id = :id")
                .bind("id", id)
                .execute());
    }

    /** Removes buckets that are full again. */
    void clean() {
        database.useHandle(handle -> handle.execute("delete from limit_buckets where expires_at < now()"));
    }
}
