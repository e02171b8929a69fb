package org.caravox.deliveries;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** What the webhooks that jobs name themselves are told. */
public interface OwnMessages {

    /**
     * A message.
     *
     * @param method  {@code POST} or {@code PUT}
     * @param headers besides those that sign it
     * @param body    JSON
     */
    record OwnMessage(String method, Map<String, String> headers, String body) {}

    /** The messages of jobs, by the jobs' ids; a job that is no more has none. */
    Map<UUID, OwnMessage> of(Handle handle, Collection<UUID> jobs);
}
