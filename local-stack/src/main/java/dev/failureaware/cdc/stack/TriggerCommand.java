package dev.failureaware.cdc.stack;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

    @Override
    public Integer call() throws InterruptedException {
        var run = new ScenarioRun(Endpoints.of(Layout.of(System.getenv())));
        run.request("/trigger/" + type, null);
        var verdict = run.follow();
        System.out.print(ReportText.of(run.report()));
        return verdict.equals("PASS") ? ExitCode.OK.code() : ExitCode.VERDICT.code();
    }
}
