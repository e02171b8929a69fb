package org.caravox.routes.cases;

import java.util.Collection;
import org.caravox.routes.check.Near;

/** What somebody probably meant. */
final class Closest {

    private Closest() {}

    /** The end of a sentence: {@code : did you mean "steps"?}, or what there is. */
    static String hint(String wrong, Collection<String> known) {
        String remedy = Near.remedy(wrong, known);
        return remedy.isEmpty() ? "" : ": " + remedy;
    }
}
