package org.caravox.routes.cases;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Every address that routes on the side send to or get from. {@code direct:} leads to the route of that name, which is
 * loaded when it is first asked for; all others lead to what the case says that they answer.
 */
final class Places {

    /** Finds the route that a name of {@code direct:} leads to, and loads it. */
    @FunctionalInterface
    interface Loader {

        /** Returns once {@link #open} has been called for it, if there is such a route. */
        void load(String direct) throws Exception;
    }

    /** What the doors of routes become, with the route's id behind it. */
    static final String DOOR = "door-of";

    private static final String DIRECT = "direct:";

    private final CamelContext context;
    private final Loader loader;
    private final Map<String, AsyncProcessor> open = new ConcurrentHashMap<>();

    Places(CamelContext context, Loader loader) {
        this.context = context;
        this.loader = loader;
    }

    /** A component for all addresses that begin in one way. */
    Component component() {
        return new Replaced();
    }

    /** The steps behind an address that has been loaded. */
    AsyncProcessor behind(String address) {
        AsyncProcessor steps = open.get(address);
        if (steps == null) {
            throw new IllegalStateException("no route is behind " + address);
        }
        return steps;
    }

    /** What an address, a pattern or the id of a step matches. */
    Pattern pattern(String written) {
        String address = plain(context.resolvePropertyPlaceholders(written));
        StringBuilder pattern = new StringBuilder();
        for (String part : address.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.compile(pattern.toString());
    }

    /** An address without its query, and without slashes behind the scheme. */
    static String plain(String address) {
        int query = address.indexOf('?');
        return (query < 0 ? address : address.substring(0, query)).replaceFirst("^([\\w-]+):/+", "$1:");
    }

    private final class Replaced extends DefaultComponent {

        Replaced() {
            setAutowiredEnabled(false);
        }

        /** What is set for the component whose place it takes is not for this one. */
        @Override
        public @Nullable PropertyConfigurer getComponentPropertyConfigurer() {
            return null;
        }

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            parameters.clear();
            return new Place(uri, this);
        }
    }

    private final class Place extends DefaultEndpoint {

        private final String address;

        Place(String uri, Component component) {
            super(uri, component);
            this.address = plain(uri);
        }

        @Override
        public Producer createProducer() {
            return new Sender(this, address);
        }

        @Override
        public Consumer createConsumer(Processor steps) {
            return new Steps(this, address, steps);
        }
    }

    private final class Steps extends DefaultConsumer {

        private final String address;

        Steps(Endpoint endpoint, String address, Processor steps) {
            super(endpoint, steps);
            this.address = address;
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            open.put(address, getAsyncProcessor());
        }

        @Override
        protected void doStop() throws Exception {
            open.remove(address, getAsyncProcessor());
            super.doStop();
        }
    }

    private final class Sender extends DefaultAsyncProducer {

        private final String address;

        Sender(Endpoint endpoint, String address) {
            super(endpoint);
            this.address = address;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            try {
                Run run = Run.of(exchange);
                run.came(address, exchange);
                var answer = run.ofPlace(address);
                if (answer.isPresent()) {
                    run.apply(answer.get(), exchange);
                } else if (address.startsWith(DIRECT)) {
                    return steps().process(exchange, callback);
                } else {
                    throw run.block("the step " + run.at() + " sends to " + address
                            + ", and nothing is sent in a case: write under given\n"
                            + "  endpoints: {\"" + address + "\": {}}");
                }
            } catch (Exception e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }

        private AsyncProcessor steps() throws Exception {
            AsyncProcessor steps = open.get(address);
            if (steps == null) {
                loader.load(address.substring(DIRECT.length()));
                steps = open.get(address);
            }
            if (steps == null) {
                throw new IllegalArgumentException("no route is from " + address);
            }
            return steps;
        }
    }
}
