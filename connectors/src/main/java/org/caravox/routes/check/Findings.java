package org.caravox.routes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.caravox.publishing.Finding;

/** What is found in one file. */
final class Findings {

    private final String file;
    private final List<Finding> all = new ArrayList<>();

    Findings(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }

    void error(Yaml at, String problem, String remedy) {
        error(at.line(), at.column(), problem, remedy);
    }

    void error(int line, int column, String problem, String remedy) {
        all.add(Finding.error(file, line, column, problem, remedy));
    }

    void warning(Yaml at, String problem, String remedy) {
        all.add(Finding.warning(file, at.line(), at.column(), problem, remedy));
    }

    /** Has all that was found told in other words. */
    void word(UnaryOperator<String> otherwise) {
        all.replaceAll(each -> new Finding(
                each.file(),
                each.line(),
                each.column(),
                otherwise.apply(each.problem()),
                otherwise.apply(each.remedy()),
                each.warning()));
    }

    boolean none() {
        return all.isEmpty();
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
