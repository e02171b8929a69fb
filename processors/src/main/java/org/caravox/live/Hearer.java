package org.caravox.live;

/** A provider and the model that heard. */
public record Hearer(String provider, String model) {}
