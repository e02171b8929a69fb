package org.caravox.routes.check;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** Camel's components in this hub, as they describe themselves. */
final class Components {

    private static final ClassLoader CLASSES = Components.class.getClassLoader();
    private static final String LISTS = "META-INF/services/org/apache/camel/component.properties";
    private static final String DESCRIPTION = "META-INF/org/apache/camel/component/%s/%s.json";

    private Components() {}

    /** The schemes of their addresses. */
    static Set<String> schemes() {
        Set<String> schemes = new TreeSet<>();
        try {
            for (URL each : Collections.list(CLASSES.getResources(LISTS))) {
                Properties properties = new Properties();
                try (InputStream in = each.openStream()) {
                    properties.load(in);
                }
                schemes.addAll(
                        List.of(properties.getProperty("components", "").strip().split("\\s+", -1)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Camel's components cannot be listed", e);
        }
        return schemes;
    }

    /** The headers that they read and set. */
    static Set<String> headers() {
        Set<String> headers = new TreeSet<>();
        for (String scheme : schemes()) {
            try (InputStream in = CLASSES.getResourceAsStream(DESCRIPTION.formatted(scheme, scheme))) {
                if (in != null) {
                    new JsonMapper()
                            .readTree(in)
                            .path("headers")
                            .properties()
                            .forEach(each -> headers.add(each.getKey()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the component " + scheme + " does not say what headers it has", e);
            }
        }
        return headers;
    }
}
