package org.caravox.deliveries;

import java.time.Instant;

/**
 * An event in the forms in which it is sent. Types, tenants and ids are words that JSON need not quote.
 *
 * @param id   {@code evt_...}
 * @param data JSON
 */
record Envelope(String id, String type, String subject, Instant at, String tenant, String data) {

    static final String JSON = "application/json";
    static final String CLOUD_EVENT = "application/cloudevents+json";

    /** As Standard Webhooks advises; the id is a header. */
    String standard() {
        return "{\"type\":\"" + type + "\",\"timestamp\":\"" + at + "\",\"data\":" + data + "}";
    }

    /** With its id, for routes. */
    String whole() {
        return "{\"id\":\"" + id + "\",\"type\":\"" + type + "\",\"timestamp\":\"" + at + "\",\"data\":" + data + "}";
    }

    /** CloudEvents 1.0, JSON format, structured mode. */
    String cloudEvent() {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"caravox\",\"type\":\"" + type
                + "\",\"subject\":\"" + subject + "\",\"time\":\"" + at
                + "\",\"datacontenttype\":\"application/json\",\"tenant\":\"" + tenant + "\",\"data\":" + data + "}";
    }
}
