package org.caravox.routes;

import java.util.List;
import java.util.Set;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.DefaultClassResolver;
import org.apache.camel.spi.PropertiesFunction;
import org.jspecify.annotations.Nullable;

/**
 * Contexts whose routes were written by somebody who may try them and not run them: what the process is given is not told
 * to them, and they make no objects of classes.
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

    /** Has nothing come from the process, and no class be found that could do something. */
    public static void confine(DefaultCamelContext context) {
        PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
        properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
        FUNCTIONS.forEach(name -> properties.addPropertiesFunction(new Nothing(name)));
        context.setClassResolver(new HarmlessClasses(context));
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

    /** Camel's classes and the hub's, exceptions, and what values are of. */
    private static final class HarmlessClasses extends DefaultClassResolver {

        private static final Set<String> PACKAGES =
                Set.of("org.apache.camel.", "org.caravox.", "java.time.", "com.fasterxml.jackson.databind.node.");
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

        HarmlessClasses(DefaultCamelContext context) {
            super(context);
        }

        @Override
        protected @Nullable Class<?> loadClass(String name, ClassLoader loader) {
            Class<?> found = super.loadClass(name, loader);
            return found != null && harmless(found) ? found : null;
        }

        private static boolean harmless(Class<?> type) {
            return type.isPrimitive()
                    || type.isArray()
                    || type.isInterface()
                    || type.isEnum()
                    || VALUES.contains(type)
                    || Throwable.class.isAssignableFrom(type)
                    || PACKAGES.stream().anyMatch(type.getName()::startsWith);
        }
    }
}
