package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.InjectorException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: one subcommand per file. */
@Command(
        name = "local-stack",
        mixinStandardHelpOptions = true,
        description = "The whole pipeline as processes of this machine.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 all is well; 1 a verdict other than PASS, or a part that is not healthy;",
            "2 bad input, nothing was started; 3 the stack did not start or is not running; 130 interrupted.",
            "(make turns every code but 0 into its own 2 and shows the real one as 'Error N'.)",
            "",
            "Tables, connector settings and a sink of your own (docs/own-pipeline.md): SOURCE_SQL, SINK_SQL,",
            "CONNECTOR_CONFIG, CONNECT_PLUGINS, LEAVE_OUT.",
            "",
            "Environment: CDC_HOME (the clone), STACK_DIR (state folder, default .stack), and a port for each"
                    + " listener:",
            "SOURCE_PORT SINK_PORT KAFKA_PORT KAFKA_CONTROLLER_PORT CONNECT_PORT VERIFIER_PORT SINK_CONSUMER_PORT",
            "INJECTOR_PORT LOAD_GENERATOR_PORT SUPERVISOR_PORT. Variables that begin with SINK_, VERIFIER_, LOAD_,",
            "INJECTOR_ or QUARKUS_ go to the services, e.g. LOAD_RATE=50; OTEL_ to the sink-consumer."
        },
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            WatchCommand.class,
            StatusCommand.class,
            TriggerCommand.class,
            LagCommand.class,
            ParkedCommand.List.class,
            ParkedCommand.Replay.class,
            ConnectorStatusCommand.class,
            ReSnapshotCommand.class,
            LogsCommand.class,
            HoldCommand.Stop.class,
            HoldCommand.Start.class,
            SqlCommand.class,
            KafkaTopicsCommand.class,
            KafkaConsumeCommand.class,
            PreflightCommand.class,
            HealthcheckCommand.class,
            EndpointsCommand.class,
            DownCommand.class,
            CleanCommand.class,
            ResetCommand.class,
            SuperviseCommand.class,
        })
final class StackCommand implements Callable<Integer> {

    public static void main(String[] arguments) {
        var line = new CommandLine(new StackCommand()).setExecutionExceptionHandler(StackCommand::explain);
        System.exit(line.execute(arguments));
    }

    /** A failure that a person can act on is one message; anything else is a defect and shows its trace. */
    private static int explain(Exception problem, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
        if (problem instanceof StackException known) {
            System.err.println("error: " + known.getMessage());
            return known.exitCode().code();
        }
        if (problem instanceof InjectorException known) {
            System.err.println("error: " + known.getMessage());
            return known.exitCode();
        }
        throw problem;
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.out);
        return ExitCode.OK.code();
    }
}
