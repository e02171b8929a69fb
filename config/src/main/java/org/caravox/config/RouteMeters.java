package org.caravox.config;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicy;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyNamingStrategy;
import org.apache.camel.spi.RoutePolicy;
import org.caravox.publishing.RouteIds;
import org.jspecify.annotations.Nullable;

/** Camel's meters of routes, under the names of the files, whichever version did the work. */
final class RouteMeters extends MicrometerRoutePolicyFactory {

    private static final MicrometerRoutePolicyNamingStrategy NAMES = new MicrometerRoutePolicyNamingStrategy() {
        @Override
        public String getName(Route route) {
            return MicrometerConstants.DEFAULT_CAMEL_ROUTE_POLICY_METER_NAME;
        }

        @Override
        public String formatName(String name) {
            return MicrometerRoutePolicyNamingStrategy.DEFAULT.formatName(name);
        }

        @Override
        public Tags getTags(Route route) {
            return MicrometerRoutePolicyNamingStrategy.DEFAULT.getTags(route).and(named(route));
        }

        @Override
        public Tags getExchangeStatusTags(Route route) {
            return MicrometerRoutePolicyNamingStrategy.DEFAULT
                    .getExchangeStatusTags(route)
                    .and(named(route));
        }

        private Tags named(Route route) {
            return Tags.of(MicrometerConstants.ROUTE_ID_TAG, RouteIds.base(route.getId()));
        }
    };

    RouteMeters(MeterRegistry registry) {
        setMeterRegistry(registry);
        setNamingStrategy(NAMES);
    }

    /** A door is not counted beside its steps; and what leaves takes no meter with it that the next version goes on with. */
    @Override
    public @Nullable RoutePolicy createRoutePolicy(CamelContext camel, String route, NamedNode definition) {
        if (RouteIds.door(route)) {
            return null;
        }
        MicrometerRoutePolicy policy = new MicrometerRoutePolicy(this) {
            @Override
            public void onRemove(Route removed) {}
        };
        policy.setMeterRegistry(getMeterRegistry());
        policy.setPrettyPrint(isPrettyPrint());
        policy.setDurationUnit(getDurationUnit());
        policy.setNamingStrategy(getNamingStrategy());
        policy.setConfiguration(getPolicyConfiguration());
        return policy;
    }
}
