package de.dfki.lt.tools.tokenizer.annotate;

import java.text.CharacterIterator;
import org.jspecify.annotations.Nullable;

/** A text with named annotations on stretches of it, asked at the iterator's index. */
public interface AnnotatedString extends CharacterIterator {

    /** The annotation at the index, if there is one. */
    @Nullable
    Object getAnnotation(String name);

    /** Where the stretch that holds the index begins. */
    int getRunStart(String name);

    /** Where the stretch that holds the index ends. */
    int getRunLimit(String name);

    /** The characters from one position up to, but not with, another. */
    String substring(int from, int to);
}
