package org.caravox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.caravox.cli.RunCommand.Role;
import org.junit.jupiter.api.Test;

/** The command line is understood as its help says. */
class HubCommandTest {

    private static Set<Role> roles(String... arguments) {
        return HubCommand.commandLine().parseArgs(arguments).subcommand().matchedOptionValue("--role", Set.of());
    }

    @Test
    void a_hub_may_be_a_door_a_worker_or_both() {
        assertThat(roles("run")).isEmpty();
        assertThat(roles("run", "--role", "door")).containsExactly(Role.DOOR);
        assertThat(roles("run", "--role=door,worker")).containsExactly(Role.DOOR, Role.WORKER);
        assertThatThrownBy(() -> roles("run", "--role", "window")).hasMessageContaining("window");
    }
}
