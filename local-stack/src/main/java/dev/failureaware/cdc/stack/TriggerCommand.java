package dev.failureaware.cdc.stack;

import dev.failureaware.cdc.injector.client.PlanText;
import dev.failureaware.cdc.injector.client.ReportText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "trigger", description = "One failure now; exit code 0 only for PASS.")
final class TriggerCommand implements Callable<Integer> {
    enum Type {
        restart,
        lag,
        schema,
        duplicate,
        backfill
    }

    @Parameters(paramLabel = "TYPE", description = "${COMPLETION-CANDIDATES}")
    Type type;

    @Option(names = "--dry-run", description = "Only says what would be done.")
    boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        var injector = Endpoints.of(Layout.of(System.getenv())).injector();
        if (dryRun) {
            var plan = injector.planTrigger(type.name());
            System.out.print(PlanText.of(plan));
            return plan.path("possible").asBoolean() ? ExitCode.OK.code() : ExitCode.BAD_INPUT.code();
        }
        injector.trigger(type.name());
        var verdict = injector.follow(System.out::println);
        System.out.print(ReportText.of(injector.report()));
        return verdict.equals("PASS") ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }
}
