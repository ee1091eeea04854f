package dev.failureaware.cdc.chaos;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The service; with {@code check FILE}, only a look at a scenario, for which nothing is started. */
@QuarkusMain
public class Main {

    public static void main(String... args) {
        if (args.length > 0) {
            System.exit(CheckCommand.run(System.out, System.err, args));
        }
        Quarkus.run(args);
    }
}
