package org.caravox.fakes;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.caravox.fakes.vendors.Vendors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hub fakes}: runs until it is interrupted. */
@Command(
        name = "fakes",
        mixinStandardHelpOptions = true,
        description =
                "Play all providers of speech and language models, and CRMs, on one port, and fail as a script says.")
public final class Main implements Callable<Integer> {

    @Option(names = "--port", paramLabel = "N", description = "where to listen; 0 is any free port (${DEFAULT-VALUE})")
    private int port = 9099;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "on which address (${DEFAULT-VALUE})")
    private String host = "127.0.0.1";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try (FakeProviders fakes = FakeProviders.start(host, port)) {
            tell(fakes, spec.commandLine().getOut());
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private void tell(FakeProviders fakes, PrintWriter out) {
        String address = "http://" + host + ":" + fakes.port();
        out.println("Fakes are ready at " + address);
        Vendors.names().forEach(name -> out.println("  " + fakes.base(name)));
        out.println("Any key is good. To fail twice: curl -X PUT " + address
                + "/_fakes/deepgram/script -d '{\"times\": 2, \"status\": 500}'");
        out.flush();
    }
}
