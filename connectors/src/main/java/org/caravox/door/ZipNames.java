package org.caravox.door;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Names of files in a ZIP: items are called by their owner, and a name must not lead out of the folder it is put in. */
final class ZipNames {

    private static final Pattern HARMFUL = Pattern.compile("[\\\\:\\x00-\\x1f\\x7f]");
    private static final int LONGEST_BYTES = 200;
    private static final String OTHERS = "_renamed/";

    private ZipNames() {}

    /** The item's name, if it is that of a file below a folder; otherwise its job's. */
    static String of(String item, String job) {
        boolean harmless = !HARMFUL.matcher(item).find()
                && !item.startsWith(OTHERS)
                && Arrays.stream(item.split("/", -1)).allMatch(ZipNames::isName);
        return harmless ? item : OTHERS + job;
    }

    private static boolean isName(String part) {
        return !part.isBlank()
                && !part.equals(".")
                && !part.equals("..")
                && part.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
    }
}
