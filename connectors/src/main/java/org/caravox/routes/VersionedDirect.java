package org.caravox.routes;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * {@code direct:NAME}, in place of Camel's: several routes may have the name, one a version, and an exchange goes to the one
 * of the version that it is on.
 */
final class VersionedDirect extends DefaultComponent {

    private final Map<String, DirectConsumer> consumers = new ConcurrentHashMap<>();
    private final Map<String, DirectConsumer> unversioned = new ConcurrentHashMap<>();
    private final WorkVersions versions;
    private final Predicate<String> managed;
    private final Predicate<Exchange> failure;

    /**
     * The component.
     *
     * @param managed whether a route's id is one of a version
     * @param failure whether what is done with an exchange failed, by no fault of the caller's
     */
    VersionedDirect(WorkVersions versions, Predicate<String> managed, Predicate<Exchange> failure) {
        this.versions = versions;
        this.managed = managed;
        this.failure = failure;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
        return new DirectEndpoint(uri, this, name);
    }

    private void enter(String name, DirectConsumer consumer) {
        String route = consumer.getRoute().getRouteId();
        if (managed.test(route)) {
            consumers.put(route, consumer);
        } else if (unversioned.putIfAbsent(name, consumer) != null) {
            throw new IllegalStateException("direct:" + name + " has a route already");
        }
    }

    private void leave(String name, DirectConsumer consumer) {
        consumers.remove(consumer.getRoute().getRouteId(), consumer);
        unversioned.remove(name, consumer);
    }

    private boolean send(String name, Exchange exchange, AsyncCallback callback) {
        Snapshot snapshot = versions.of(exchange, name);
        Snapshot.Target target = snapshot.target(name, versions.tenantFor(snapshot, exchange));
        DirectConsumer consumer = target == null ? unversioned.get(name) : consumers.get(target.routeId());
        if (consumer == null) {
            exchange.setException(
                    new IllegalStateException("there is no route with from: direct:" + name + " in " + snapshot));
            callback.done(true);
            return true;
        }
        if (target == null) {
            return consumer.getAsyncProcessor().process(exchange, callback);
        }
        return counted(consumer, target.counts(), exchange, callback);
    }

    private boolean counted(DirectConsumer consumer, RouteCounts counts, Exchange exchange, AsyncCallback callback) {
        long began = System.nanoTime();
        counts.begin();
        try {
            return consumer.getAsyncProcessor().process(exchange, atOnce -> {
                try {
                    counts.end(System.nanoTime() - began, failure.test(exchange));
                } finally {
                    callback.done(atOnce);
                }
            });
        } catch (RuntimeException e) {
            counts.end(System.nanoTime() - began, true);
            throw e;
        }
    }

    private static final class DirectEndpoint extends DefaultEndpoint implements MultipleConsumersSupport {

        private final VersionedDirect component;
        private final String name;

        DirectEndpoint(String uri, VersionedDirect component, String name) {
            super(uri, component);
            this.component = component;
            this.name = name;
        }

        @Override
        public Producer createProducer() {
            return new DefaultAsyncProducer(this) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    return component.send(name, exchange, callback);
                }
            };
        }

        @Override
        public Consumer createConsumer(Processor processor) throws Exception {
            DirectConsumer consumer = new DirectConsumer(this, processor);
            configureConsumer(consumer);
            return consumer;
        }

        @Override
        public boolean isMultipleConsumersSupported() {
            return true;
        }
    }

    /** As others may send to it while they stop, it stops after them. */
    private static final class DirectConsumer extends DefaultConsumer implements ShutdownAware {

        private final DirectEndpoint to;

        DirectConsumer(DirectEndpoint to, Processor processor) {
            super(to, processor);
            this.to = to;
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            to.component.enter(to.name, this);
        }

        @Override
        protected void doStop() throws Exception {
            to.component.leave(to.name, this);
            super.doStop();
        }

        @Override
        public boolean deferShutdown(ShutdownRunningTask task) {
            return true;
        }

        @Override
        public int getPendingExchangesSize() {
            return 0;
        }

        @Override
        public void prepareShutdown(boolean suspendOnly, boolean forced) {}
    }
}
