package org.caravox.publishing;

import java.util.List;
import java.util.stream.Collectors;

/** Routes that are not put in force, and why. Nothing has changed. */
public final class RoutesRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    public RoutesRefused(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = findings.stream().sorted().toList();
    }

    /** What is wrong, in the order of files and lines. */
    public List<Finding> findings() {
        return findings;
    }
}
