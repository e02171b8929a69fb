package org.caravox.config;

import java.nio.file.Path;

/** All settings under {@code caravox.routes}. */
record RoutesSettings(Path folder) {}
