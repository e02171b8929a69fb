package org.caravox.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./hub}: exit status 0 when it worked, 1 when it failed, 2 when it was called wrongly. */
@Command(
        name = "./hub",
        mixinStandardHelpOptions = true,
        description = "Caravox, the voice integration hub.",
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            TranscribeCommand.class,
            BatchCommand.class,
            KeysCommand.class,
            TenantsCommand.class,
            ProvidersCommand.class,
            UsageCommand.class,
            DeadLettersCommand.class,
            RoutesCommand.class,
            ScoreCommand.class,
            CallCommand.class,
            KameletsCommand.class,
            CommandLine.HelpCommand.class
        })
public final class HubCommand {

    private HubCommand() {}

    public static void main(String[] args) {
        int status = commandLine().execute(args);
        if (status != RunCommand.RUNNING) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new HubCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Long.class, HubCommand::number)
                .registerConverter(long.class, HubCommand::number)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure instanceof HubFailure ? failure.getMessage() : failure.toString());
                    return 1;
                });
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("write a whole number, not \"" + text + "\"");
        }
    }
}
