package org.caravox.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may be set is listed where operators look for it. */
class SettingsListTest {

    @Test
    void every_setting_is_explained_in_the_readme() throws IOException {
        JsonNode settings = new YAMLMapper()
                .readTree(Path.of("settings", "application.yaml").toFile());
        List<String> names = new ArrayList<>();
        collect("caravox", settings.get("caravox"), names);

        String readme = Files.readString(Path.of("README.md"));

        assertThat(names).hasSizeGreaterThan(30);
        assertThat(names).allSatisfy(name -> assertThat(readme).contains("`" + name + "`"));
    }

    private static void collect(String name, JsonNode value, List<String> names) {
        if (!value.isObject() || value.isEmpty()) {
            names.add(name);
            return;
        }
        value.properties().forEach(member -> collect(name + "." + member.getKey(), member.getValue(), names));
    }
}
