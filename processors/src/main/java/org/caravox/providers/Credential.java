package org.caravox.providers;

/**
 * What a provider is shown to let us in.
 *
 * @param name   its name in the settings, which may be shown
 * @param secret the key itself, which may not
 */
public record Credential(String name, String secret) {

    /** For providers inside the hub. */
    public static final Credential NONE = new Credential("none", "");

    @Override
    public String toString() {
        return "Credential[" + name + "]";
    }
}
