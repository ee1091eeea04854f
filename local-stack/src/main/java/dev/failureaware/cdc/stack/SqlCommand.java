package dev.failureaware.cdc.stack;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "sql", description = "SQL on the source (as the application) or on the sink (read only).")
final class SqlCommand implements Callable<Integer> {
    enum Database {
        source(Part.SOURCE, Databases.LOADER, "may read and write the business tables"),
        sink(Part.SINK, Databases.VERIFIER, "may only read");

        final Part part;
        final String role;
        final String rights;

        Database(Part part, String role, String rights) {
            this.part = part;
            this.role = role;
            this.rights = rights;
        }
    }

    @Parameters(paramLabel = "source|sink")
    Database database;

    @Option(
            names = {"-c", "--command"},
            description = "Runs this instead of reading standard input.")
    String command;

    @Override
    public Integer call() throws Exception {
        var address = Endpoints.of(Layout.of(System.getenv())).database(database.part, database.role);
        try (var connection = address.connect(Databases.NAME)) {
            var person = command == null && Terminal.givesInput();
            System.err.printf(
                    "%s, %s:%d/%s as %s (%s)%n",
                    database, Port.HOST, address.port(), Databases.NAME, database.role, database.rights);
            if (person) {
                System.err.println("Statements end with ; — \\dt \\d NAME \\q");
            }
            var shell = new SqlShell(connection, System.out, person ? database + "> " : "");
            if (command != null) {
                var splitter = new StatementSplitter();
                splitter.add(command + "\n;").forEach(shell::execute);
                return shell.failed() ? ExitCode.VERDICT.code() : ExitCode.OK.code();
            }
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            return shell.run(in) ? ExitCode.OK.code() : ExitCode.VERDICT.code();
        }
    }
}
