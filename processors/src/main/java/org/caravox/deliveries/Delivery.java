package org.caravox.deliveries;

import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one endpoint.
 *
 * @param id       of the delivery
 * @param endpoint null for the webhook that a job names itself
 * @param name     what a CRM is called in the settings; null for others
 * @param lane     whose turn it is in
 * @param message  what the other side knows it by, the same in each attempt: {@code evt_...}
 * @param type     of the event
 * @param subject  the job, transcript, call or endpoint that it tells of
 * @param attempt  the number of this attempt, from 1
 * @param event    as JSON: {@code {"id", "type", "timestamp", "data"}}
 * @param target   where a webhook's message goes; null for other kinds
 */
public record Delivery(
        UUID id,
        String tenant,
        @Nullable UUID endpoint,
        Kind kind,
        @Nullable String name,
        String lane,
        String message,
        String type,
        UUID subject,
        int attempt,
        String event,
        @Nullable Target target) {

    /** What it is delivered to. */
    public enum Kind {
        WEBHOOK,
        CRM,
        SCORING,
        /** The webhook that a job names itself. */
        JOB;

        /** As it is stored, and chosen by in routes. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Leaves out what it says and where it goes. */
    @Override
    public String toString() {
        return "Delivery[id=" + id + ", tenant=" + tenant + ", kind=" + kind.word() + ", type=" + type + ", attempt="
                + attempt + "]";
    }
}
