package dev.failureaware.cdc.chaos;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.time.Duration;

/** The service; with arguments a command, for which nothing of it is started. */
@QuarkusMain
public class Main {
    /** A job may be applied together with the injector that it asks. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public static void main(String... args) throws InterruptedException {
        if (args.length > 0) {
            System.exit(command(args));
        }
        Quarkus.run(args);
    }

    private static int command(String... args) throws InterruptedException {
        return JobCommand.isOne(args[0])
                ? new JobCommand(System.out, System.err, System.getenv(), PATIENCE).run(args)
                : CheckCommand.run(System.out, System.err, args);
    }
}
