package org.caravox.routes.cases;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of the hub's of which routes see some members, as {@code ${exchangeProperty.call.answered}}.
 *
 * @param members by name
 */
record AsBean(Map<String, ?> members) {

    /**
     * What is at the end of a path as {@code answered} or {@code party.number}.
     *
     * @throws IllegalArgumentException when the case does not give it
     */
    @Nullable
    Object at(String path) {
        Object value = members;
        for (String name : path.replaceAll("\\?|\\(\\)|^\\.", "").split("\\.", -1)) {
            String member = name.startsWith("get") && name.length() > 3
                    ? Character.toLowerCase(name.charAt(3)) + name.substring(4)
                    : name;
            if (!(value instanceof Map<?, ?> map) || !map.containsKey(member)) {
                throw new IllegalArgumentException("the case does not give " + path);
            }
            value = map.get(member);
        }
        return value;
    }
}
