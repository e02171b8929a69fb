package org.caravox.routes;

import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Settings as somebody may see them who tries routes: those of the hub, without its secrets and its environment. */
public final class OpenSettings {

    /** What stands where a secret would be. */
    public static final String LEFT_OUT = "left-out";

    private static final String OWN = "caravox.";
    private static final Pattern SECRET = Pattern.compile(
            "secret|password|passwd|passphrase|token|credential|key|authorization|jaas", Pattern.CASE_INSENSITIVE);
    private static final Pattern IN_ADDRESS =
            Pattern.compile("://[^/\\s:@]*:[^/\\s@]+@|(?i:password|passwd|secret|token)\\s*=");

    private OpenSettings() {}

    /**
     * The value of a setting.
     *
     * @param settings all, by name; null for none
     * @return {@link #LEFT_OUT} for a secret; null when there is none of that name, or it is not one of the hub's own
     */
    public static @Nullable String of(String name, Function<String, @Nullable String> settings) {
        if (!name.startsWith(OWN)) {
            return null;
        }
        String value = settings.apply(name);
        if (value == null) {
            return null;
        }
        boolean secret =
                SECRET.matcher(name).find() || IN_ADDRESS.matcher(value).find();
        return secret ? LEFT_OUT : value;
    }
}
