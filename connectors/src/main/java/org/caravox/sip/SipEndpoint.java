package org.caravox.sip;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.caravox.calls.Calls;
import org.caravox.publishing.SessionPins;

/** {@code sip:inbound}, or {@code sip:VERB}. */
final class SipEndpoint extends DefaultEndpoint {

    static final String INBOUND = "inbound";

    private final SipComponent component;
    private final Calls calls;
    private final String verb;
    private final Wishes wishes;

    SipEndpoint(String uri, SipComponent component, Calls calls, String verb, Wishes wishes) {
        super(uri, component);
        this.component = component;
        this.calls = calls;
        this.verb = verb;
        this.wishes = wishes;
    }

    @Override
    public Producer createProducer() {
        return new SipProducer(this, component, Verb.named(verb), wishes);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (!verb.equals(INBOUND)) {
            throw new IllegalArgumentException("a route begins with sip:inbound, not with sip:" + verb);
        }
        SipConsumer consumer = new SipConsumer(
                this,
                processor,
                component,
                calls,
                CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), SessionPins.class));
        configureConsumer(consumer);
        return consumer;
    }
}
