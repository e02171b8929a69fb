package org.caravox.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.Service;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.ExplicitCamelContextNameStrategy;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.spi.Language;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.caravox.publishing.RouteFiles;
import org.jspecify.annotations.Nullable;

/**
 * Contexts on the side, in which routes are looked at or tried. They have the beans and the settings of the hub, and
 * components of their own: nothing that they do is seen in the hub's own context, and closing them leaves nothing behind.
 */
public final class Scratch {

    private static final String OF_TENANTS = "for/";
    private static final String NOWHERE = "classpath:no-kamelets";
    private static final List<Class<?>> OF_ONE_CONTEXT =
            List.of(CamelContext.class, Component.class, Language.class, DataFormat.class, Service.class);

    private final CamelContext hub;
    private final Map<String, Supplier<? extends Component>> components;

    /**
     * @param hub        the context that runs
     * @param components those of the hub's own making, by scheme: each context on the side gets new ones
     */
    public Scratch(CamelContext hub, Map<String, Supplier<? extends Component>> components) {
        this.hub = hub;
        this.components = Map.copyOf(components);
    }

    /**
     * A context that holds nothing yet and is not started. Who started it starts no route: let
     * {@code setAutoStartup(true)} go before for that. It is to be stopped.
     *
     * @param replaced beans that take the place of the hub's, or are added to them, by name; a {@link Component} takes the
     *     place of the one of that scheme
     */
    public CamelContext open(Map<String, Object> replaced) {
        DefaultCamelContext context = new DefaultCamelContext(new HubBeans(hub.getRegistry(), replaced));
        context.disableJMX();
        context.setNameStrategy(new ExplicitCamelContextNameStrategy("scratch"));
        context.setApplicationContextClassLoader(hub.getApplicationContextClassLoader());
        context.setAutoStartup(false);
        context.setStreamCaching(hub.isStreamCaching());
        context.setSourceLocationEnabled(true);
        context.getShutdownStrategy().setTimeout(1);
        context.getShutdownStrategy().setSuppressLoggingOnTimeout(true);
        Confined.confine(context);
        context.getPropertiesComponent().addPropertiesSource(new HubSettings(hub));
        components(context, replaced);
        return context;
    }

    private void components(CamelContext context, Map<String, Object> replaced) {
        KameletComponent kamelets = new KameletComponent();
        kamelets.setLocation(NOWHERE);
        Map<String, Component> all = new HashMap<>();
        all.put("kamelet", kamelets);
        components.forEach((scheme, made) -> all.put(scheme, made.get()));
        replaced.forEach((scheme, bean) -> {
            if (bean instanceof Component component) {
                all.put(scheme, component);
            }
        });
        all.forEach(context::addComponent);
    }

    /**
     * Loads what is in files into a context: first Kamelets, then route configurations, then routes. A route whose
     * precondition does not hold here is left out, and so are tenants' routes, which have the ids of those of everybody's.
     *
     * @param context of {@link #open}
     * @throws Exception as Camel has it, when one cannot be loaded
     */
    public static void load(CamelContext context, RouteFiles files) throws Exception {
        List<String> configurations = new ArrayList<>();
        List<String> routes = new ArrayList<>();
        for (Map.Entry<String, String> file : files.texts().entrySet()) {
            if (file.getKey().endsWith(".kamelet.yaml")) {
                load(context, file.getKey(), file.getValue());
            } else if (file.getKey().endsWith(".camel.yaml") && !file.getKey().startsWith(OF_TENANTS)) {
                boolean configuration = file.getValue().contains("- routeConfiguration:");
                (configuration ? configurations : routes).add(file.getKey());
            }
        }
        configurations.addAll(routes);
        for (String path : configurations) {
            load(context, path, files.text(path).orElseThrow());
        }
    }

    /**
     * Loads what is in one file into a context.
     *
     * @param context of {@link #open}
     * @throws Exception as Camel has it, when it cannot be loaded
     */
    public static void load(CamelContext context, String path, String text) throws Exception {
        Collection<RoutesBuilder> builders =
                PluginHelper.getRoutesLoader(context).findRoutesBuilders(ResourceHelper.fromString(path, text));
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteConfigurationsBuilder configurations) {
                context.addRoutesConfigurations(configurations);
            }
        }
        for (RoutesBuilder builder : builders) {
            context.addRoutes(builder);
        }
    }

    /** The hub's beans, without those that belong to its context alone. */
    private record HubBeans(BeanRepository hub, Map<String, Object> replaced) implements BeanRepository {

        HubBeans {
            replaced = Map.copyOf(replaced);
        }

        @Override
        public @Nullable Object lookupByName(String name) {
            return lookupByNameAndType(name, Object.class);
        }

        @Override
        public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
            Object bean = replaced.containsKey(name) ? replaced.get(name) : hub.lookupByName(name);
            return type.isInstance(bean) && shared(bean) ? type.cast(bean) : null;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            Map<String, T> found = new HashMap<>();
            if (OF_ONE_CONTEXT.contains(type)) {
                return found;
            }
            found.putAll(hub.findByTypeWithName(type));
            found.keySet().removeAll(replaced.keySet());
            replaced.forEach((name, bean) -> {
                if (type.isInstance(bean)) {
                    found.put(name, type.cast(bean));
                }
            });
            found.values().removeIf(bean -> !shared(bean));
            return found;
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return new LinkedHashSet<>(findByTypeWithName(type).values());
        }

        private static boolean shared(@Nullable Object bean) {
            return OF_ONE_CONTEXT.stream().noneMatch(type -> type.isInstance(bean));
        }
    }

    /** What the hub is set to, without its secrets. */
    private record HubSettings(CamelContext hub) implements PropertiesSource {

        @Override
        public String getName() {
            return "hub";
        }

        @Override
        public @Nullable String getProperty(String name) {
            return OpenSettings.of(
                    name,
                    each -> hub.getPropertiesComponent().resolveProperty(each).orElse(null));
        }
    }
}
