package org.caravox.routes.check;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * A piece of a file, and where it is.
 *
 * @param kind    what it is
 * @param text    of a {@link Kind#TEXT}
 * @param members of a {@link Kind#MAP}, in the order of the file
 * @param items   of a {@link Kind#LIST}
 * @param line    from 1
 * @param column  from 1
 */
record Yaml(Kind kind, String text, List<Member> members, List<Yaml> items, int line, int column) {

    enum Kind {
        TEXT,
        MAP,
        LIST,
        /** A key without a value. */
        EMPTY,
        /** Not in the file. */
        MISSING
    }

    /** A key and its value. */
    record Member(Yaml key, Yaml value) {

        String name() {
            return key.text();
        }
    }

    /** The value of a key; missing when there is none, or this is no map. */
    Yaml get(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .map(Member::value)
                .findFirst()
                .orElseGet(() -> new Yaml(Kind.MISSING, "", List.of(), List.of(), line, column));
    }

    /** The value behind several keys. */
    Yaml get(String first, String... more) {
        Yaml found = get(first);
        for (String name : more) {
            found = found.get(name);
        }
        return found;
    }

    /** The first item; missing when there is none. */
    Yaml item(int index) {
        return index < items.size() ? items.get(index) : get("");
    }

    boolean has(String name) {
        return !get(name).is(Kind.MISSING);
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    boolean isText() {
        return kind == Kind.TEXT;
    }

    /** Whether it says nothing: missing, empty or blank. */
    boolean blank() {
        return kind == Kind.EMPTY || kind == Kind.MISSING || (kind == Kind.TEXT && text.isBlank());
    }

    /** The only member, as steps have it; null-free: a missing one when there are none or several. */
    Stream<Member> single() {
        return members.size() == 1 ? members.stream() : Stream.empty();
    }

    /** Tells each member of each map below this, with the map that it is in, in the order of the file. */
    void each(BiConsumer<Yaml, Member> told) {
        members.forEach(member -> {
            told.accept(this, member);
            member.value().each(told);
        });
        items.forEach(item -> item.each(told));
    }

    /** All texts below this. */
    Stream<Yaml> texts() {
        return switch (kind) {
            case TEXT -> Stream.of(this);
            case MAP -> members.stream().flatMap(member -> member.value().texts());
            case LIST -> items.stream().flatMap(Yaml::texts);
            case EMPTY, MISSING -> Stream.empty();
        };
    }
}
