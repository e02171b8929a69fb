package org.caravox.routes.cases;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.BeanScope;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.NamedNode;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.BeanProcessorFactory;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.Language;
import org.apache.camel.spi.Policy;
import org.apache.camel.support.ExpressionAdapter;
import org.caravox.routes.cases.StandIns.StandIn;
import org.jspecify.annotations.Nullable;

/** The beans of routes on the side: those without effects, stand-ins for some, and nobody for all others. */
final class Beans implements BeanRepository {

    private static final int BEAN = 1;
    private static final int METHOD = 2;
    private static final int TYPE = 3;
    private static final int REF = 4;

    private final Map<String, Object> safe;

    /** @param safe those that may run, by name */
    Beans(Map<String, Object> safe) {
        this.safe = Map.copyOf(safe);
    }

    @Override
    public @Nullable Object lookupByName(String name) {
        return safe.get(name);
    }

    @Override
    public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        if (type == Policy.class) {
            return type.cast(new NoPolicy());
        }
        Object bean = safe.get(name);
        return type.isInstance(bean) ? type.cast(bean) : null;
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        Map<String, T> found = new HashMap<>();
        safe.forEach((name, bean) -> {
            if (type.isInstance(bean)) {
                found.put(name, type.cast(bean));
            }
        });
        return found;
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return new LinkedHashSet<>(findByTypeWithName(type).values());
    }

    /** Makes the steps that ask beans. */
    BeanProcessorFactory steps(BeanProcessorFactory usual) {
        return new Steps(usual);
    }

    /** The language in which expressions ask beans. */
    Language language(Language usual) {
        return new BeanCalls(usual);
    }

    private boolean isSafe(String bean) {
        return safe.containsKey(bean);
    }

    /** What somebody is told who has not replaced a step. */
    private static @Nullable Object instead(String bean, @Nullable String method, Exchange exchange) throws Exception {
        Run run = Run.of(exchange);
        Optional<StandIn> standIn = StandIns.of(bean, bare(method));
        if (standIn.isPresent()) {
            return standIn.get().answer(exchange, run);
        }
        throw run.block("the step " + run.at() + " asks the bean " + bean
                + ", which is not asked in a case: write what comes of it under given\n"
                + "  steps: {" + run.at() + ": {}}");
    }

    /** {@code send} of {@code send(${body}, 'a')}. */
    private static @Nullable String bare(@Nullable String method) {
        int end = method == null ? -1 : method.indexOf('(');
        return method == null || end < 0 ? method : method.substring(0, end);
    }

    private final class Steps implements BeanProcessorFactory {

        private final BeanProcessorFactory usual;

        Steps(BeanProcessorFactory usual) {
            this.usual = usual;
        }

        @Override
        public Processor createBeanProcessor(CamelContext context, Object bean, Method method) throws Exception {
            return usual.createBeanProcessor(context, bean, method);
        }

        @Override
        public Processor createBeanProcessor(
                CamelContext context,
                Object bean,
                String beanType,
                Class<?> beanClass,
                String ref,
                String method,
                BeanScope scope)
                throws Exception {
            if (ref != null && isSafe(ref)) {
                return usual.createBeanProcessor(context, bean, beanType, beanClass, ref, method, scope);
            }
            String name = ref != null ? ref : String.valueOf(beanType);
            return exchange -> {
                Object result = instead(name, method, exchange);
                if (result != null) {
                    exchange.getMessage().setBody(result);
                }
            };
        }
    }

    private final class BeanCalls implements Language {

        private final Language usual;

        BeanCalls(Language usual) {
            this.usual = usual;
        }

        @Override
        public Predicate createPredicate(String expression) {
            return unsafe(expression).<Predicate>map(call -> call).orElseGet(() -> usual.createPredicate(expression));
        }

        @Override
        public Expression createExpression(String expression) {
            return unsafe(expression).<Expression>map(call -> call).orElseGet(() -> usual.createExpression(expression));
        }

        @Override
        public Predicate createPredicate(String expression, Object[] properties) {
            look(properties);
            return unsafe(expression, properties)
                    .<Predicate>map(call -> call)
                    .orElseGet(() -> usual.createPredicate(expression, properties));
        }

        @Override
        public Expression createExpression(String expression, Object[] properties) {
            if (properties != null
                    && properties.length > METHOD
                    && properties[BEAN] instanceof AsBean bean
                    && properties[METHOD] instanceof String path) {
                return new Member(bean, path);
            }
            look(properties);
            return unsafe(expression, properties)
                    .<Expression>map(call -> call)
                    .orElseGet(() -> usual.createExpression(expression, properties));
        }

        private static void look(Object @Nullable [] properties) {
            if (properties == null || properties.length <= METHOD) {
                return;
            }
            boolean named = properties.length > REF && properties[REF] instanceof String;
            Languages.members(method(properties));
            if (!named && properties[BEAN] != null) {
                Languages.check(properties[BEAN], String.valueOf(properties[METHOD]));
            }
        }

        private Optional<Call> unsafe(@Nullable String expression, Object[] properties) {
            if (properties != null && properties.length > REF && properties[REF] instanceof String ref) {
                return isSafe(ref) ? Optional.empty() : Optional.of(new Call(ref, method(properties)));
            }
            if (properties != null && properties.length > TYPE && properties[TYPE] instanceof Class<?> type) {
                return Optional.of(new Call(type.getName(), method(properties)));
            }
            return unsafe(expression);
        }

        private static @Nullable String method(Object[] properties) {
            return properties[METHOD] instanceof String name ? name : null;
        }

        /** {@code bean.method}, {@code bean?method=name} or {@code bean::method}. */
        private Optional<Call> unsafe(@Nullable String expression) {
            if (expression == null || expression.isBlank()) {
                return Optional.empty();
            }
            Languages.members(expression);
            String[] parts = expression.split("\\?method=|::|\\.", 2);
            return isSafe(parts[0])
                    ? Optional.empty()
                    : Optional.of(new Call(parts[0], parts.length > 1 ? parts[1] : null));
        }
    }

    /** What the case gives of an object of the hub's. */
    private static final class Member extends ExpressionAdapter {

        private final AsBean bean;
        private final String path;

        Member(AsBean bean, String path) {
            this.bean = bean;
            this.path = path;
        }

        @Override
        public @Nullable Object evaluate(Exchange exchange) {
            return bean.at(path);
        }
    }

    /** A bean that is asked in an expression. */
    private static final class Call extends ExpressionAdapter {

        private final String bean;
        private final @Nullable String method;

        Call(String bean, @Nullable String method) {
            this.bean = bean;
            this.method = method;
        }

        @Override
        public @Nullable Object evaluate(Exchange exchange) {
            try {
                return instead(bean, method, exchange);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new org.apache.camel.RuntimeCamelException(e);
            }
        }
    }

    /** Policies have effects around steps, as transactions and records of acts; in a case there are only the steps. */
    private static final class NoPolicy implements Policy {

        @Override
        public void beforeWrap(Route route, NamedNode step) {}

        @Override
        public Processor wrap(Route route, Processor steps) {
            return steps;
        }
    }
}
