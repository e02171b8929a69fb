package org.caravox.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Shows what a live stream tells: words that are not settled rewrite themselves in the last line of a terminal; elsewhere
 * only settled ones are shown.
 */
final class LiveWords {

    private static final String ERASE_LINE = "\r\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private final Map<Integer, String> interims = new TreeMap<>();
    private int channels = 1;

    /** @param width of the terminal, in characters */
    LiveWords(PrintStream out, boolean terminal, int width) {
        this.out = out;
        this.terminal = terminal;
        this.width = width;
    }

    /** Shows a message of the hub. */
    void tell(JsonNode event) {
        switch (event.path("type").asText()) {
            case "session" -> line("live, heard by " + event.path("provider").asText());
            case "transcript" -> words(event);
            case "provider_changed" ->
                line(String.format(
                        Locale.ROOT,
                        "at %.1f s %s took over from %s",
                        event.path("at").asDouble(),
                        event.path("to").asText(),
                        event.path("from").asText()));
            default -> {} // where speech begins and ends is seen
        }
    }

    private void words(JsonNode event) {
        int channel = event.path("channel").asInt();
        channels = Math.max(channels, channel + 1);
        String text = event.path("transcript").asText();
        if (!event.path("isFinal").asBoolean()) {
            interims.put(channel, text);
            rewrite();
            return;
        }
        interims.remove(channel);
        if (!text.isEmpty()) {
            line(String.format(Locale.ROOT, "%6.1f s %s%s", event.path("start").asDouble(), speaker(channel), text));
        }
    }

    private String speaker(int channel) {
        return channels == 1 ? "" : "[" + channel + "] ";
    }

    private void line(String text) {
        out.println(terminal ? ERASE_LINE + text : text);
        rewrite();
    }

    /** The end of it, where it is longer than the line. */
    private void rewrite() {
        if (!terminal) {
            return;
        }
        String text = interims.entrySet().stream()
                .map(interim -> speaker(interim.getKey()) + interim.getValue())
                .collect(Collectors.joining("  "));
        out.print(ERASE_LINE + text.substring(Math.max(0, text.length() - width + 1)));
        out.flush();
    }
}
