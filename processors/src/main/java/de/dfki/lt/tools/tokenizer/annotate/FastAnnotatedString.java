package de.dfki.lt.tools.tokenizer.annotate;

import java.text.CharacterIterator;
import java.text.StringCharacterIterator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps each annotation's stretches by where they begin. */
public final class FastAnnotatedString implements AnnotatedString {

    private final String text;
    private final CharacterIterator at;
    private final Map<String, NavigableMap<Integer, Stretch>> stretches = new HashMap<>();

    /** @param annotation nothing between two annotated stretches */
    private record Stretch(@Nullable Object annotation, int start, int limit) {}

    public FastAnnotatedString(String text) {
        this.text = text;
        this.at = new StringCharacterIterator(text);
    }

    /** Annotates a stretch that touches no other of that name. */
    public void annotate(String name, Object annotation, int start, int limit) {
        stretches.computeIfAbsent(name, any -> new TreeMap<>()).put(start, new Stretch(annotation, start, limit));
    }

    @Override
    public @Nullable Object getAnnotation(String name) {
        return here(name).annotation();
    }

    @Override
    public int getRunStart(String name) {
        return here(name).start();
    }

    @Override
    public int getRunLimit(String name) {
        return here(name).limit();
    }

    private Stretch here(String name) {
        NavigableMap<Integer, Stretch> named = stretches.getOrDefault(name, new TreeMap<>());
        int index = getIndex();
        var before = named.floorEntry(index);
        if (before != null && index < before.getValue().limit()) {
            return before.getValue();
        }
        Integer next = named.higherKey(index);
        return new Stretch(null, before == null ? 0 : before.getValue().limit(), next == null ? text.length() : next);
    }

    @Override
    public String substring(int from, int to) {
        return text.substring(from, to);
    }

    @Override
    public char first() {
        return at.first();
    }

    @Override
    public char last() {
        return at.last();
    }

    @Override
    public char current() {
        return at.current();
    }

    @Override
    public char next() {
        return at.next();
    }

    @Override
    public char previous() {
        return at.previous();
    }

    @Override
    public char setIndex(int position) {
        return at.setIndex(position);
    }

    @Override
    public int getBeginIndex() {
        return at.getBeginIndex();
    }

    @Override
    public int getEndIndex() {
        return at.getEndIndex();
    }

    @Override
    public int getIndex() {
        return at.getIndex();
    }

    @Override
    public Object clone() {
        FastAnnotatedString copy = new FastAnnotatedString(text);
        copy.stretches.putAll(stretches);
        copy.setIndex(getIndex());
        return copy;
    }
}
