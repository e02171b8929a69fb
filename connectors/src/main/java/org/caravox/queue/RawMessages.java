package org.caravox.queue;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.support.converter.AbstractMessageConverter;

/** Messages are their bytes, whatever they say that they are: no converter has an opinion on what strangers send. */
public final class RawMessages extends AbstractMessageConverter {

    @Override
    protected Message createMessage(Object body, MessageProperties properties) {
        return new Message((byte[]) body, properties);
    }

    @Override
    public Object fromMessage(Message message) {
        return message.getBody();
    }
}
