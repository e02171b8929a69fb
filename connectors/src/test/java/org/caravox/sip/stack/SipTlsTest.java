package org.caravox.sip.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SipTlsTest {

    private final Stacks stacks = new Stacks();

    @AfterEach
    void close() {
        stacks.close();
    }

    private static SipSettings settings(Path keyStore) {
        return SipSettings.of(
                new SipSettings.Listening(
                        "127.0.0.1",
                        0,
                        0,
                        Stacks.freePort(),
                        null,
                        new SipSettings.Tls(keyStore, null, () -> "changeit", false)),
                List.of(Stacks.LOCAL));
    }

    private static Path keyStore(Path directory) throws Exception {
        HeldCertificate own = new HeldCertificate.Builder()
                .commonName("hub.test")
                .addSubjectAlternativeName("127.0.0.1")
                .rsa2048()
                .build();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own", own.keyPair().getPrivate(), "changeit".toCharArray(), new Certificate[] {own.certificate()});
        store.setCertificateEntry("trusted", own.certificate());
        Path file = directory.resolve("keys.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }

    @Test
    void calls_go_by_tls_too(@TempDir Path directory) throws Exception {
        Path keys = keyStore(directory);
        List<Heard> rung = Stacks.nobody();
        SipSettings settings = settings(keys);
        stacks.start(settings).answeredBy(Heard.calls(rung, leg -> leg.answer(Heard.audio(22000))));
        var caller = new Heard();

        var leg = stacks.start(settings(keys))
                .dial(Stacks.dial("sip:1000@127.0.0.1:" + settings.listening().tlsPort() + ";transport=tls"), caller);
        await().atMost(Duration.ofSeconds(20)).until(() -> caller.events.contains("answered"));
        await().until(() -> rung.get(0).events.contains("confirmed"));
        leg.hangUp("done");

        await().until(() -> rung.get(0).events.contains("ended THEM 0"));
        assertThat(rung.get(0).leg().parties().transport()).isEqualTo("tls");
    }
}
