package org.caravox.queue;

import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.caravox.deliveries.DeliveryEngine;

/**
 * Deliveries that are due: {@code deliveries:NAME}, where NAME is a {@link DeliveryEngine} bean. A consumer gets each as an exchange, many at a time; when its route
 * ends well it has arrived, and when it fails it is tried again.
 */
public final class DeliveriesComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        DeliveryEngine engine = CamelContextHelper.mandatoryLookup(getCamelContext(), remaining, DeliveryEngine.class);
        DataSource database = CamelContextHelper.mandatoryLookup(getCamelContext(), "dataSource", DataSource.class);
        return new DefaultEndpoint(uri, this) {
            @Override
            public Producer createProducer() {
                throw new UnsupportedOperationException("deliveries are made by writing events");
            }

            @Override
            public Consumer createConsumer(Processor processor) throws Exception {
                DeliveriesConsumer consumer = new DeliveriesConsumer(this, processor, engine, database);
                configureConsumer(consumer);
                return consumer;
            }
        };
    }
}
