package org.caravox.door;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** A page of a list: its items under their name and, when there are more, the cursor of the next page. */
final class Page {

    private Page() {}

    /** Makes a page. {@code found}: one more than the limit, when there are more */
    static <T> Map<String, Object> of(String name, List<T> found, int limit, Function<T, UUID> id) {
        List<T> items = found.size() > limit ? found.subList(0, limit) : found;
        Map<String, Object> page = new LinkedHashMap<>();
        page.put(name, items);
        if (found.size() > limit) {
            page.put("nextCursor", id.apply(items.get(items.size() - 1)));
        }
        return page;
    }
}
