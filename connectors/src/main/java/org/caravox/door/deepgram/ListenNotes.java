package org.caravox.door.deepgram;

import java.util.List;

/**
 * What this door keeps with a request.
 *
 * @param sha256   of the recording that was sent, in hexadecimal; empty when an address was
 * @param warnings what this door says for itself
 * @param method   how the callback is called
 * @param keyId    the API key that was used, by its id
 */
record ListenNotes(String sha256, List<String> warnings, String method, String keyId) {

    /** The name of this door's form. */
    static final String FORM = "deepgram";
}
