package org.caravox.fakes;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a station does with a request. A rule says only what is out of the ordinary; {@code new Rule().times(2).status(500)}
 * makes two requests fail, after which the next rule counts, or, when there is none, the vendor answers as usual.
 *
 * <p>It is set up before it is handed to a station, and not changed afterwards.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE,
        setterVisibility = JsonAutoDetect.Visibility.NONE,
        creatorVisibility = JsonAutoDetect.Visibility.ANY)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public final class Rule {

    @Nullable
    Integer times;

    @Nullable
    String key;

    @Nullable
    String path;

    @Nullable
    Duration latency;

    @Nullable
    Duration jitter;

    @Nullable
    Integer status;

    Map<String, String> headers = new LinkedHashMap<>();

    @Nullable
    JsonNode body;

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    boolean hang;

    @Nullable
    Cut cut;

    @Nullable
    Drip drip;

    @Nullable
    Kind kind;

    @Nullable
    String text;

    @Nullable
    Duration after;

    @Nullable
    Duration finals;

    @Nullable
    Integer close;

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    boolean deaf;

    @JsonProperty
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    boolean counted;

    /** For every request from now on, until {@link #times} says otherwise. */
    public Rule() {}

    /** For so many requests; the rule is then used up. */
    public Rule times(int requests) {
        times = requests;
        return this;
    }

    /** Only for requests with this credential. */
    public Rule key(String credential) {
        key = credential;
        return this;
    }

    /** Only for requests whose path has this in it, so that for example probes keep their answers. */
    public Rule path(String part) {
        path = part;
        return this;
    }

    /** Waits before it answers. */
    public Rule latency(Duration wait) {
        latency = wait;
        return this;
    }

    /** Waits up to so much longer, at random. */
    public Rule jitter(Duration upTo) {
        jitter = upTo;
        return this;
    }

    /** Answers with this status, and, unless {@link #body} is set and the status is a failure, with the vendor's words for it. */
    public Rule status(int code) {
        status = code;
        return this;
    }

    /** Sets a header of the answer, in place of the vendor's own. */
    public Rule header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Answers with these bytes of text if it is a text, with JSON otherwise. */
    public Rule body(JsonNode content) {
        body = content;
        return this;
    }

    /** Answers never; with {@link #cut}, says nothing more from that point on. */
    public Rule hang() {
        hang = true;
        return this;
    }

    /** Closes the connection too early. */
    public Rule cut(Cut where) {
        cut = where;
        return this;
    }

    /** Sends the body slowly. */
    public Rule drip(int bytes, Duration every) {
        drip = new Drip(bytes, every);
        return this;
    }

    /** Fails as this vendor does. */
    public Rule kind(Kind failure) {
        kind = failure;
        return this;
    }

    /** What is transcribed, with {@code |} between channels, or what the model answers. */
    public Rule text(String said) {
        text = said;
        return this;
    }

    /**
     * On a live stream, the fault of this rule comes after so much audio: {@link #close}, {@link #cut}, {@link #deaf},
     * {@link #hang} (it tells nothing more) or a {@link #kind} (it tells garbage once).
     */
    public Rule after(Duration audio) {
        after = audio;
        return this;
    }

    /** On a live stream, words are final after so much audio each time. */
    public Rule finals(Duration every) {
        finals = every;
        return this;
    }

    /** Closes a live stream with this code. */
    public Rule close(int code) {
        close = code;
        return this;
    }

    /** Reads no more of a live stream. */
    public Rule deaf() {
        deaf = true;
        return this;
    }

    /** On a live stream of 16-bit samples, those of the value n are heard as the word {@code wordn}, those of 0 as silence. */
    public Rule counted() {
        counted = true;
        return this;
    }

    boolean isFor(String credential, String requestPath) {
        return (key == null || key.equals(credential)) && (path == null || requestPath.contains(path));
    }

    Optional<Kind> failure() {
        return Optional.ofNullable(kind);
    }

    Optional<JsonNode> content() {
        return Optional.ofNullable(body);
    }
}
