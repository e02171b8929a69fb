package org.caravox.routes.cases;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The HTTP request that a message of a case stands for: its headers, and a body that has been read. */
final class HttpOfCase {

    /** Where Camel's platform-http puts the servlet request. */
    static final String HEADER = "CamelHttpServletRequest";

    private static final int HTTPS = 443;

    private HttpOfCase() {}

    /** Gives a message the request that it came with. */
    static void add(Exchange exchange) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getMessage().getHeaders().forEach((name, value) -> headers.put(name, String.valueOf(value)));
        exchange.getMessage()
                .setHeader(
                        HEADER,
                        Proxy.newProxyInstance(
                                HttpOfCase.class.getClassLoader(),
                                new Class<?>[] {HttpServletRequest.class},
                                (self, method, arguments) -> answer(headers, method, arguments)));
    }

    private static @Nullable Object answer(
            Map<String, String> headers, Method method, @Nullable Object @Nullable [] arguments) {
        String first = arguments == null || arguments.length == 0 ? "" : String.valueOf(arguments[0]);
        return switch (method.getName()) {
            case "getHeader" -> headers.get(first);
            case "getHeaders" ->
                Collections.enumeration(
                        Optional.ofNullable(headers.get(first)).stream().toList());
            case "getHeaderNames" -> Collections.enumeration(headers.keySet());
            case "getMethod" -> headers.getOrDefault(Exchange.HTTP_METHOD, "POST");
            case "getScheme" -> "https";
            case "isSecure" -> true;
            case "getServerName", "getLocalName" -> "hub.example";
            case "getServerPort" -> HTTPS;
            case "getRemoteAddr" -> "192.0.2.1";
            case "getQueryString" -> headers.get(Exchange.HTTP_QUERY);
            case "getRequestURI", "getPathInfo" -> headers.getOrDefault(Exchange.HTTP_PATH, "/");
            case "getContentType" -> headers.get("Content-Type");
            case "getInputStream" -> new Read();
            case "getParameterNames", "getAttributeNames" -> Collections.emptyEnumeration();
            case "getParameterMap" -> Map.of();
            case "toString" -> "the request of a case";
            case "hashCode" -> System.identityHashCode(headers);
            case "equals" -> false;
            default -> none(method.getReturnType());
        };
    }

    private static @Nullable Object none(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        return type == long.class ? 0L : null;
    }

    private static final class Read extends ServletInputStream {

        @Override
        public int read() {
            return -1;
        }

        @Override
        public boolean isFinished() {
            return true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("the request of a case is read at once");
        }
    }
}
