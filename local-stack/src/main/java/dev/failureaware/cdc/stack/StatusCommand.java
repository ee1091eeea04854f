package dev.failureaware.cdc.stack;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "status", description = "The verifier's last report.")
final class StatusCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        var url = Endpoints.of(Layout.of(System.getenv())).url(Part.VERIFIER) + "/report";
        System.out.println(
                ServiceCalls.get(Part.VERIFIER, url, "text/plain").body().stripTrailing());
        var status = ServiceCalls.get(Part.VERIFIER, url, "application/json")
                .json()
                .path("status")
                .asText();
        return status.equals("FAIL") || status.equals("UNKNOWN") ? ExitCode.VERDICT.code() : ExitCode.OK.code();
    }
}
