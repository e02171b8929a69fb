package org.caravox.itests.hub;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the project is: its tests run in the folder of their module. */
public final class Project {

    private Project() {}

    public static Path root() {
        Path root = Path.of("").toAbsolutePath().getParent();
        if (root == null || !Files.isExecutable(root.resolve("hub"))) {
            throw new IllegalStateException("the tests run in a module's folder, beside ./hub; this is " + root);
        }
        return root;
    }
}
