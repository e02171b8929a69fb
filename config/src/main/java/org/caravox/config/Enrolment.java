package org.caravox.config;

/** What tenants get besides a key: done once they are there, and again when there is a new one. */
@FunctionalInterface
interface Enrolment {

    void enrol();
}
