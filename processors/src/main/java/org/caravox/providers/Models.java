package org.caravox.providers;

import java.util.List;

/**
 * The models that a provider knows.
 *
 * @param names  the first is the default; {@code *} says that any other name is passed on as it is
 */
public record Models(List<String> names) {

    private static final String ANY = "*";

    public Models {
        names = List.copyOf(names);
        if (names.isEmpty() || names.get(0).equals(ANY)) {
            throw new IllegalArgumentException("a provider needs at least one model by name, the default first");
        }
    }

    public static Models of(String... names) {
        return new Models(List.of(names));
    }

    /** The model that answers when a request names none. */
    public String usual() {
        return names.get(0);
    }

    /** Whether it is named here. */
    public boolean lists(String model) {
        return names.contains(model) && !model.equals(ANY);
    }

    /** Whether it is named here, or any name is passed on. */
    public boolean takes(String model) {
        return names.contains(model) || names.contains(ANY);
    }

    /** The names, without the sign for any other. */
    public List<String> named() {
        return names.stream().filter(name -> !name.equals(ANY)).toList();
    }
}
