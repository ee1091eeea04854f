package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The service; with arguments a command, for which nothing of it is started. */
@QuarkusMain
public class Main {

    public static void main(String... args) throws InterruptedException {
        if (args.length > 0) {
            System.exit(
                    args[0].equals(CompareCommand.NAME)
                            ? new CompareCommand(System.out, System.err, System.getenv()).run(args)
                            : new VerifyCommand(System.out, System.err, System.getenv()).run(args));
        }
        Quarkus.run(args);
    }
}
