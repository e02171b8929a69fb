package org.caravox.publishing;

/**
 * Ids of routes and steps as they are in the running context: what is loaded beside an earlier version of itself has a mark
 * behind its name, {@code transcribe~7}.
 */
public final class RouteIds {

    /** Before the mark: no name that somebody writes has it. */
    public static final char MARK = '~';

    /** What the route with the door of a route is called after it. */
    public static final String DOOR = ".door";

    private RouteIds() {}

    /** The name as it is written in the file. */
    public static String base(String id) {
        int mark = id.indexOf(MARK);
        return mark < 0 ? id : id.substring(0, mark);
    }

    /** Whether a route of the running context only hands what comes in to the steps of another. */
    public static boolean door(String id) {
        return base(id).endsWith(DOOR);
    }

    /** The name of the file's route: that of its steps, of its door, of any version. */
    public static String route(String id) {
        String base = base(id);
        return base.endsWith(DOOR) ? base.substring(0, base.length() - DOOR.length()) : base;
    }
}
