/**
 * The door that Deepgram's SDKs speak: {@code /v1/listen} and {@code /v1/speak} as Deepgram's API reference and its OpenAPI
 * document (deepgram/deepgram-api-specs) describe them, in front of the hub's own chains.
 */
@NullMarked
package org.caravox.door.deepgram;

import org.jspecify.annotations.NullMarked;
