package org.caravox.routes.cases;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.caravox.publishing.RouteTrial.Shown;
import org.caravox.publishing.RouteTrial.Step;
import org.caravox.routes.cases.Case.Answer;
import org.jspecify.annotations.Nullable;

/** Stands before each step: has the case's answer take its place, notes what came and left, and ends what is over. */
final class StepWatch implements InterceptStrategy {

    private static final String KAMELET = "kamelet:";

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, @Nullable Processor next) {
        return new Watched(definition, CamelContextHelper.getRouteId(definition), target);
    }

    private static final class Watched extends DelegateAsyncProcessor {

        private final NamedNode definition;
        private final @Nullable String route;

        Watched(NamedNode definition, @Nullable String route, Processor target) {
            super(target);
            this.definition = definition;
            this.route = route;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Run run = Run.of(exchange);
            if (run.over() || Thread.currentThread().isInterrupted()) {
                exchange.setRouteStop(true);
                callback.done(true);
                return true;
            }
            String id = definition.getId();
            if (named()) {
                run.at(id);
            }
            try {
                run.count(exchange);
            } catch (Run.NotReplaced e) {
                exchange.setException(e);
                callback.done(true);
                return true;
            }
            run.came(id, exchange);
            // A retry comes at once.
            exchange.getMessage().setHeader(Exchange.REDELIVERY_DELAY, 0L);
            AsyncCallback told = run.traced() ? traced(run, exchange, callback) : callback;
            try {
                Optional<Answer> answer = instead(run, id, exchange);
                if (answer.isEmpty() && !waits()) {
                    return super.process(exchange, told);
                }
                answer.ifPresent(given -> run.apply(given, exchange));
            } catch (RuntimeException e) {
                exchange.setException(e);
            }
            told.done(true);
            return true;
        }

        private Optional<Answer> instead(Run run, String id, Exchange exchange) {
            Optional<Answer> ofStep = run.ofStep(id);
            if (ofStep.isPresent() || !(definition instanceof EndpointRequiredDefinition to)) {
                return ofStep;
            }
            String uri = to.getEndpointUri();
            if (uri == null || !uri.startsWith(KAMELET)) {
                return ofStep;
            }
            String address = Places.plain(uri);
            run.came(address, exchange);
            return run.ofPlace(address);
        }

        /** Steps within Kamelets have no names that somebody could write. */
        private boolean named() {
            return definition instanceof OptionalIdentifiedDefinition<?> step && step.hasCustomIdAssigned();
        }

        private boolean waits() {
            return definition instanceof DelayDefinition;
        }

        private AsyncCallback traced(Run run, Exchange exchange, AsyncCallback callback) {
            Map<String, Object> headers = new HashMap<>(exchange.getMessage().getHeaders());
            Map<String, Object> properties = new HashMap<>(exchange.getProperties());
            Shown in = Seen.all(run.values(), exchange);
            String id = definition.getId();
            String of = route == null ? "" : route;
            int number = run.begun(new Step(id, of, in, new Shown("", Map.of(), Map.of()), Duration.ZERO, null));
            long began = System.nanoTime();
            return doneSync -> {
                Exception failure = exchange.getException();
                run.ended(
                        number,
                        new Step(
                                id,
                                of,
                                in,
                                Seen.changed(run.values(), exchange, headers, properties),
                                Duration.ofNanos(System.nanoTime() - began),
                                failure == null ? null : String.valueOf(failure.getMessage())));
                callback.done(doneSync);
            };
        }
    }
}
