package org.caravox.batches;

import java.util.UUID;

/**
 * Where an item belongs.
 *
 * @param batch an open batch
 * @param item  what the batch calls it: each once
 */
public record Place(UUID batch, String item) {}
