package org.caravox.itests.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.caravox.fakes.FakeProviders;
import org.caravox.itests.hub.RunningHub;
import org.caravox.itests.hub.SharedHub;

/** A hub whose chains ask fake providers: {@code openai}, then {@code openai-2}; a tenant for each test class. */
final class FakedHub {

    static final FakeProviders FAKES = FakeProviders.start(0);

    private static final class Lazy {
        private static final RunningHub HUB = start();

        private static RunningHub start() {
            try {
                RunningHub hub = RunningHub.start(Files.createTempDirectory("caravox-sdk-"), settings());
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    hub.closeAndForget();
                    FAKES.close();
                }));
                return hub;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private FakedHub() {}

    static RunningHub hub() {
        return Lazy.HUB;
    }

    static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(SharedHub.quickSettings());
        settings.put("caravox.secrets.openai", "sk-fake");
        settings.put("caravox.breakers.open-for", "100ms");
        settings.put("caravox.breakers.busy-for", "100ms");
        settings.put("caravox.tenants.single.limits.requests-per-minute", "1");
        settings.put("caravox.tenants.single.limits.burst", "1");
        provider(settings, "transcription", "openai", "whisper-1");
        provider(settings, "transcription", "deepgram", "nova-3");
        provider(settings, "dialogue", "openai", "gpt-4o-mini");
        provider(settings, "dialogue", "openai-2", "gpt-4o-mini");
        settings.put("caravox.dialogue.providers.openai-2.models[1]", "meta-llama/Llama-3.3");
        provider(settings, "speech", "openai", "tts-1");
        link(settings, "transcription", 0, "openai");
        link(settings, "transcription", 1, "deepgram");
        link(settings, "dialogue", 0, "openai");
        link(settings, "dialogue", 1, "openai-2");
        link(settings, "speech", 0, "openai");
        settings.put("caravox.transcription.chain.links[0].models.my-words", "whisper-1");
        return settings;
    }

    private static void provider(Map<String, String> settings, String use, String name, String model) {
        String prefix = "caravox." + use + ".providers." + name + ".";
        boolean openAi = name.startsWith("openai");
        settings.put(prefix + "kind", openAi ? "openai" : name);
        settings.put(prefix + "base-url", FAKES.base(name) + (openAi ? "/v1" : ""));
        settings.put(prefix + "credential", "openai");
        settings.put(prefix + "models[0]", model);
    }

    private static void link(Map<String, String> settings, String use, int index, String provider) {
        settings.put("caravox." + use + ".chain.links[" + index + "].provider", provider);
    }
}
