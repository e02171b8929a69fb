package org.caravox.transcription;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a door keeps with a request, so that the end of its job can be told in that door's form.
 *
 * @param form  the form's name, such as {@code deepgram}
 * @param notes what only that door understands
 */
public record DoorNotes(String form, JsonNode notes) {}
