package org.caravox.config;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** All settings under {@code caravox.routes}. */
@ConfigurationProperties("caravox.routes")
record RoutesSettings(Path folder) {}
