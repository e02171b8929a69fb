package org.caravox.deliveries;

/** This delivery cannot succeed as it is: it is put aside as a dead letter, and others go on. */
public final class ParkedDelivery extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param reason one sentence for the tenant, without secrets */
    public ParkedDelivery(String reason) {
        super(reason);
    }
}
