package org.caravox.routes;

import org.apache.camel.component.platform.http.DefaultPlatformHttpConsumer;

/** What hands requests of HTTP to the doors of routes. Camel tells it of a door that starts. */
public interface RequestDoors {

    /** Hands requests to a door again, in place of another one of the same path and method. */
    void open(DefaultPlatformHttpConsumer door);

    /** Hands none to a door any more; those that it has it goes on with. */
    void close(DefaultPlatformHttpConsumer door);
}
