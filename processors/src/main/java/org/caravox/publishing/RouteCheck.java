package org.caravox.publishing;

import java.util.List;

/** Looks at routes without running them. */
public interface RouteCheck {

    /**
     * What is wrong with files.
     *
     * @param files  all of them, as they would be in force
     * @param before what is in force now: what has not changed may be taken for good
     * @return errors and warnings by file and line; empty when all is well
     */
    List<Finding> check(RouteFiles files, RouteFiles before);
}
