package org.caravox.publishing;

import java.time.Duration;
import java.util.List;

/** Runs the cases beside routes, on the side: nothing outside is called and nothing is stored. */
public interface RouteCases {

    /**
     * What came of a case.
     *
     * @param file     the case's file
     * @param line     where the case begins, from 1
     * @param name     what it is called
     * @param route    the id of the route that it proves
     * @param took     how long it ran
     * @param failures expected and got, side by side, one text a difference; empty when it holds
     */
    record Result(String file, int line, String name, String route, Duration took, List<String> failures) {

        /** Copies the failures. */
        public Result {
            failures = List.copyOf(failures);
        }

        /** Whether it holds. */
        public boolean holds() {
            return failures.isEmpty();
        }
    }

    /**
     * Runs the cases of files.
     *
     * @param files  all of them, as they would be in force
     * @param before what is in force now: cases that no change can reach are left out; {@link RouteFiles#NONE} runs all
     * @return one for each case that ran, by file and line; a case that cannot be read is one that fails
     */
    List<Result> run(RouteFiles files, RouteFiles before);
}
