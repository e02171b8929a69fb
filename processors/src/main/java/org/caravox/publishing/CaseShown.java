package org.caravox.publishing;

import java.util.List;

/** What came of a case, as it is told over HTTP. Times in milliseconds. */
public record CaseShown(
        String file, int line, String name, String route, boolean holds, double tookMs, List<String> failures) {

    /** The same of a result. */
    public static CaseShown of(RouteCases.Result result) {
        return new CaseShown(
                result.file(),
                result.line(),
                result.name(),
                result.route(),
                result.holds(),
                result.took().toNanos() / 1e6,
                result.failures());
    }
}
