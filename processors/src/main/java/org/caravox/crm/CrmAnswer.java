package org.caravox.crm;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a CRM answered.
 *
 * @param status of HTTP
 * @param body   JSON; a missing node where it was none
 */
public record CrmAnswer(int status, JsonNode body) {}
