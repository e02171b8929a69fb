package org.caravox.routes;

import java.util.List;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultClassResolver;
import org.apache.camel.impl.engine.DefaultResourceLoader;
import org.apache.camel.spi.ClassResolver;
import org.apache.camel.spi.FactoryFinder;
import org.apache.camel.spi.FactoryFinderResolver;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.ResourceLoader;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;

/**
 * Contexts whose routes were written by somebody who may try them and not run them: what the process is given is not told
 * to them, they make no objects of classes, and they read no files.
 */
public final class Confined {

    private static final List<String> FUNCTIONS = List.of(
            "env",
            "sys",
            "service",
            "service.name",
            "service.host",
            "service.port",
            "bean",
            "file",
            "hashicorp",
            "aws",
            "azure",
            "gcp",
            "ibm",
            "cyberark",
            "configmap",
            "configmap-binary",
            "secret",
            "secret-binary");

    private Confined() {}

    /**
     * Has nothing come from the process, its disk or its network, and no class be found that could do something, from when
     * it has started.
     */
    public static void confine(DefaultCamelContext context) {
        PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
        properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
        FUNCTIONS.forEach(name -> properties.addPropertiesFunction(new Nothing(name)));
        var extension = context.getCamelContextExtension();
        extension.addContextPlugin(
                FactoryFinderResolver.class,
                new OwnClasses(PluginHelper.getFactoryFinderResolver(extension), context.getClassResolver()));
        context.setClassResolver(new HarmlessClasses(context));
        extension.addContextPlugin(ResourceLoader.class, new NoFiles());
        extension.registerEndpointCallback(Confined::unreached);
    }

    /** A producer that starts may connect, load classes and read files: none does before something is sent to it. */
    private static Endpoint unreached(String uri, Endpoint endpoint) {
        if (endpoint instanceof DefaultEndpoint each) {
            each.setLazyStartProducer(true);
        }
        return endpoint;
    }

    /** What Camel is made of it finds as ever. */
    private record OwnClasses(FactoryFinderResolver usual, ClassResolver classes) implements FactoryFinderResolver {

        @Override
        public FactoryFinder resolveBootstrapFactoryFinder(ClassResolver confined, String path) {
            return usual.resolveBootstrapFactoryFinder(classes, path);
        }

        @Override
        public FactoryFinder resolveFactoryFinder(ClassResolver confined, String path) {
            return usual.resolveFactoryFinder(classes, path);
        }
    }

    /** What is on the hub's disk, or somewhere in the net, is not read. */
    private static final class NoFiles extends DefaultResourceLoader {

        @Override
        public Resource resolveResource(String uri) {
            throw new IllegalArgumentException("routes read no files, and this asks for " + uri);
        }
    }

    /** Tells nothing. */
    private record Nothing(String name) implements PropertiesFunction {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String apply(String remainder) {
            return OpenSettings.LEFT_OUT;
        }
    }

    /** Exceptions, and what values are of. */
    private static final class HarmlessClasses extends DefaultClassResolver {

        private static final Set<String> PACKAGES = Set.of("java.time.", "com.fasterxml.jackson.databind.node.");
        private static final String OWN = "org.caravox.";
        private static final Set<Class<?>> VALUES = Set.of(
                Object.class,
                String.class,
                Boolean.class,
                Character.class,
                Byte.class,
                Short.class,
                Integer.class,
                Long.class,
                Float.class,
                Double.class);

        private final DefaultCamelContext context;

        HarmlessClasses(DefaultCamelContext context) {
            super(context);
            this.context = context;
        }

        @Override
        protected @Nullable Class<?> loadClass(String name, ClassLoader loader) {
            Class<?> found = super.loadClass(name, loader);
            return found != null && (!context.isStarted() || harmless(found)) ? found : null;
        }

        private static boolean harmless(Class<?> type) {
            return type.isPrimitive()
                    || type.isArray()
                    || type.isInterface()
                    || type.isEnum()
                    || VALUES.contains(type)
                    || Throwable.class.isAssignableFrom(type)
                    || (type.isRecord() && type.getName().startsWith(OWN))
                    || PACKAGES.stream().anyMatch(type.getName()::startsWith);
        }
    }
}
