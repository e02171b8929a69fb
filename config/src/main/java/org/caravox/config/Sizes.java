package org.caravox.config;

/** Sizes that follow the machine. */
final class Sizes {

    private Sizes() {}

    /** The size that was set, or with 0 one a core. */
    static int orCores(int set) {
        return set == 0 ? Runtime.getRuntime().availableProcessors() : set;
    }
}
