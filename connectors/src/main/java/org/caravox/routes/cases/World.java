package org.caravox.routes.cases;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.TypeConversionException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.component.bean.BeanComponent;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.BeanProcessorFactory;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.LanguageResolver;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.TypeConverterSupport;
import org.apache.camel.util.concurrent.SynchronousExecutorService;
import org.caravox.publishing.RouteFiles;
import org.caravox.routes.Confined;
import org.caravox.routes.RoutePlan;
import org.caravox.routes.RoutePlan.Kind;
import org.caravox.routes.RoutePlan.Unit;
import org.jspecify.annotations.Nullable;

/**
 * A Camel context on the side, in which routes run without doors and without anything outside. What a message needs is
 * loaded when it comes there first.
 */
final class World implements AutoCloseable {

    /** Components that have no effect. */
    private static final Set<String> REAL = Set.of("log");

    private static final String KAMELET = "kamelet";
    private static final String BEAN = "bean";

    private final RouteFiles files;
    private final RoutePlan plan;
    private final Values values;
    private final Map<String, Unit> routes = new HashMap<>();
    private final Map<String, Unit> directs = new HashMap<>();
    private final Set<String> loaded = new HashSet<>();
    private final DefaultCamelContext context;
    private final Places places;

    /**
     * A world.
     *
     * @param tenant   whose routes take the place of everybody's; null for nobody's
     * @param beans    those without effects, by name
     * @param settings as the hub has them, by name; null for none
     */
    World(
            RouteFiles files,
            RoutePlan plan,
            Values values,
            @Nullable String tenant,
            Map<String, Object> beans,
            Function<String, @Nullable String> settings) {
        this.files = files;
        this.plan = plan;
        this.values = values;
        index(null);
        if (tenant != null) {
            index(tenant);
        }
        Beans guarded = new Beans(beans);
        this.context = new DefaultCamelContext(guarded);
        this.places = new Places(context, this::loadDirect);
        set(guarded, settings);
    }

    private void index(@Nullable String tenant) {
        for (Unit route : plan.routes()) {
            if (Objects.equals(route.tenant(), tenant)) {
                routes.put(route.id(), route);
                route.direct().ifPresent(name -> directs.put(name, route));
            }
        }
    }

    private void set(Beans guarded, Function<String, @Nullable String> settings) {
        context.disableJMX();
        Confined.confine(context);
        context.getCamelContextExtension().setName("cases");
        context.setStartupSummaryLevel(StartupSummaryLevel.Off);
        context.setLoadTypeConverters(false);
        context.getShutdownStrategy().setTimeout(1);
        context.getShutdownStrategy().setTimeUnit(TimeUnit.SECONDS);
        context.getShutdownStrategy().setSuppressLoggingOnTimeout(true);
        context.getExecutorServiceManager().setThreadPoolFactory(new SameThread());
        context.getPropertiesComponent().addPropertiesSource(new Settings(settings));
        var extension = context.getCamelContextExtension();
        extension.setErrorHandlerFactory(new DefaultErrorHandlerDefinition().logExhausted(false));
        extension.addInterceptStrategy(new StepWatch());
        ComponentResolver components = PluginHelper.getComponentResolver(extension);
        extension.addContextPlugin(ComponentResolver.class, (name, camel) -> component(components, name));
        LanguageResolver languages = PluginHelper.getLanguageResolver(extension);
        extension.addContextPlugin(
                LanguageResolver.class,
                (name, camel) -> Languages.safe(name, languages.resolveLanguage(name, camel), guarded));
        BeanProcessorFactory steps = PluginHelper.getBeanProcessorFactory(extension);
        extension.addContextPlugin(BeanProcessorFactory.class, guarded.steps(steps));
        context.getTypeConverterRegistry().addFallbackTypeConverter(new Makes(values), false);
    }

    private @Nullable Component component(ComponentResolver usual, String name) throws Exception {
        if (name.equals(KAMELET)) {
            return new Kamelets();
        }
        if (name.equals(BEAN)) {
            return new StepsOnly(places.component());
        }
        return REAL.contains(name) ? usual.resolveComponent(name, context) : places.component();
    }

    /** Camel's steps of beans need its component of beans; addresses of it are as any other's. */
    private static final class StepsOnly extends BeanComponent {

        private final Component places;

        StepsOnly(Component places) {
            this.places = places;
        }

        @Override
        public Endpoint createEndpoint(String uri) throws Exception {
            return places.createEndpoint(uri);
        }

        @Override
        public Endpoint createEndpoint(String uri, Map<String, Object> properties) throws Exception {
            return places.createEndpoint(uri, properties);
        }

        @Override
        protected void doInit() throws Exception {
            places.setCamelContext(getCamelContext());
            super.doInit();
        }
    }

    /** Opens it. */
    World open() {
        context.start();
        for (Unit unit : plan.units().values()) {
            if (unit.kind() == Kind.CONFIGURATION) {
                load(unit);
            }
        }
        return this;
    }

    Places places() {
        return places;
    }

    Values values() {
        return values;
    }

    /** Whether a tenant has routes of its own. */
    static boolean hasOwn(RoutePlan plan, String tenant) {
        return plan.routes().stream().anyMatch(route -> tenant.equals(route.tenant()));
    }

    /**
     * Loads a route.
     *
     * @return where its steps begin
     * @throws IllegalArgumentException when it cannot be loaded
     */
    Processor steps(String route) {
        Unit unit = routes.get(route);
        if (unit == null) {
            throw new IllegalArgumentException("there is no route " + route);
        }
        load(unit);
        return places.behind(entry(unit));
    }

    /** A message without content. */
    Exchange message() {
        return new DefaultExchange(context);
    }

    /** Where the steps of a route begin. */
    private static String entry(Unit unit) {
        return unit.direct().map(name -> "direct:" + name).orElse(Places.DOOR + ":" + unit.id());
    }

    private void loadDirect(String name) {
        Unit unit = directs.get(name);
        if (unit == null) {
            throw new IllegalArgumentException(
                    "no route is from direct:" + name + Closest.hint(name, directs.keySet()));
        }
        load(unit);
    }

    private synchronized void load(Unit unit) {
        if (!loaded.add(unit.path())) {
            return;
        }
        try {
            Collection<RoutesBuilder> builders = PluginHelper.getRoutesLoader(context)
                    .findRoutesBuilders(ResourceHelper.fromString(
                            unit.path(), files.text(unit.path()).orElseThrow()));
            for (RoutesBuilder builder : builders) {
                if (builder instanceof RouteBuilder routeBuilder) {
                    routeBuilder.addLifecycleInterceptor(new WithoutDoors());
                }
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    context.addRoutesConfigurations(configurations);
                }
                context.addRoutes(builder);
            }
        } catch (Exception e) {
            loaded.remove(unit.path());
            throw new IllegalArgumentException(unit.path() + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        context.stop();
    }

    /** What a hub leaves out by its role is tried all the same, and nothing comes in but what the case gives. */
    private static final class WithoutDoors implements RouteBuilderLifecycleStrategy {

        @Override
        public void afterConfigure(RouteBuilder builder) {
            for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
                route.setPrecondition(null);
                route.setAutoStartup(null);
                String from = route.getInput().getEndpointUri();
                if (!from.startsWith("direct:")) {
                    route.getInput().setUri(Places.DOOR + ":" + route.getRouteId());
                }
            }
        }
    }

    /** Kamelets are those of the files. */
    private final class Kamelets extends KameletComponent {

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
                throws Exception {
            String name = remaining.split("/", 2)[0];
            Optional<Unit> kamelet = plan.kamelet(name);
            if (kamelet.isPresent()
                    && context.getCamelContextExtension()
                                    .getContextPlugin(Model.class)
                                    .getRouteTemplateDefinition(name)
                            == null) {
                load(kamelet.get());
            }
            return super.createEndpoint(uri, remaining, parameters);
        }
    }

    /** JSON becomes what a step's parameter wants. */
    private static final class Makes extends TypeConverterSupport {

        private final Values values;

        Makes(Values values) {
            this.values = values;
        }

        @Override
        public <T> @Nullable T convertTo(Class<T> type, Exchange exchange, Object value) {
            if (!(value instanceof Map<?, ?>) || !Values.makes(type)) {
                return null;
            }
            try {
                return values.made(value, type);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(value, type, e);
            }
        }
    }

    /** What is done on the side is done at once, so that it has happened when the message is through. */
    private static final class SameThread extends DefaultThreadPoolFactory {

        @Override
        public ExecutorService newCachedThreadPool(ThreadFactory threads) {
            return new SynchronousExecutorService();
        }

        @Override
        public ExecutorService newThreadPool(ThreadPoolProfile profile, ThreadFactory threads) {
            return new SynchronousExecutorService();
        }
    }

    private record Settings(Function<String, @Nullable String> settings) implements PropertiesSource {

        @Override
        public String getName() {
            return "settings";
        }

        @Override
        public @Nullable String getProperty(String name) {
            return settings.apply(name);
        }
    }
}
