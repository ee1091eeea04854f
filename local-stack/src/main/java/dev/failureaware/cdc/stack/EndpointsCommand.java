package dev.failureaware.cdc.stack;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "endpoints", description = "Addresses, users and password files of the running stack, as JSON.")
final class EndpointsCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println(Json.write(Endpoints.of(Layout.of(System.getenv())).json()));
        return ExitCode.OK.code();
    }
}
