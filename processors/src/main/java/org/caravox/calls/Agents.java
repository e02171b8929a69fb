package org.caravox.calls;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Those who talk with callers. */
public interface Agents {

    /**
     * Has an agent talk with a caller until one of them ends it. Fails with {@link CallEnded} when the caller hangs up.
     *
     * @throws org.caravox.requests.Refusal NOT_FOUND when the tenant has no such agent
     */
    CompletionStage<Conversed> converse(Call call, String agent);

    /** The agents of a tenant, by name. */
    Set<String> of(String tenant);

    /**
     * How a conversation ended.
     *
     * @param how      {@code hung-up}, {@code handed-over}, {@code silent}, {@code failed} ...: one word
     * @param handOverTo the number that the caller is to be connected with; null when they are not
     * @param briefing what that person should know; null is nothing
     */
    record Conversed(String how, @Nullable String handOverTo, @Nullable String briefing) {}
}
