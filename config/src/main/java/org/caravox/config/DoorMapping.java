package org.caravox.config;

import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.camel.component.platform.http.HttpEndpointModel;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.CamelRequestHandlerMapping;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/**
 * Which door a request goes to. Camel takes a door away before it puts the next one of the same path in its place; a request
 * that comes in between waits for that, where Camel's own mapping finds nothing.
 */
final class DoorMapping extends CamelRequestHandlerMapping {

    private final ReadWriteLock exchanging = new ReentrantReadWriteLock();

    DoorMapping(PlatformHttpComponent component, PlatformHttpEngine engine) {
        super(component, engine);
    }

    @Override
    public void registerHttpEndpoint(HttpEndpointModel door) {
        exchanging.writeLock().lock();
        try {
            super.registerHttpEndpoint(door);
        } finally {
            exchanging.writeLock().unlock();
        }
    }

    @Override
    protected @Nullable HandlerMethod getHandlerInternal(HttpServletRequest request) throws Exception {
        exchanging.readLock().lock();
        try {
            return super.getHandlerInternal(request);
        } finally {
            exchanging.readLock().unlock();
        }
    }
}
