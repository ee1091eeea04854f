package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.test.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareCommandIT {
    private static final String SESSIONS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cdc-verifier' AND datname = current_database()";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private TestComparison databases;

    @BeforeEach
    void start() {
        databases = new TestComparison();
        databases.onBoth("CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'a')");
    }

    @AfterEach
    void stop() {
        databases.close();
    }

    @Test
    void equalDatabasesPassAndTheReportIsPrinted() {
        assertThat(compare("--table", "public.t")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("PASS ").contains("no_orphans");
        assertThat(err.size()).isZero();
    }

    @Test
    void differencesFailWithTheRowsAsJson() throws Exception {
        databases.sink.execute("UPDATE public.t SET v = 'b'");

        assertThat(compare("--json")).isEqualTo(1);

        var report = new ObjectMapper().readTree(out.toByteArray());
        assertThat(report.at("/status").asText()).isEqualTo("FAIL");
        assertThat(report.at("/tables/t/differences/0/source").asText()).isEqualTo("v='a'");
    }

    @Test
    void aRoleThatMayOnlyReadIsEnough() {
        databases.source.execute(
                "DO $$ BEGIN CREATE ROLE only_reads LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT pg_read_all_data TO only_reads");
        var source = databases.source.as("only_reads");
        var sink = databases.sink.as("only_reads");

        assertThat(run(url(source), url(sink)))
                .as(out.toString(StandardCharsets.UTF_8))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:1, postgres, not reachable",
        "here, nobody_has_this_name, nobody_has_this_name",
        "elsewhere, postgres, no_such_database"
    })
    void aDatabaseThatCannotBeEnteredIsNamed(String where, String role, String why) {
        var sink = databases.sink;
        var url = switch (where) {
            case "here" -> url(new TestDatabase(sink.host(), sink.port(), sink.name(), role, "x"));
            case "elsewhere" -> url(new TestDatabase(sink.host(), sink.port(), "no_such_database", role, "x"));
            default -> "postgresql://" + role + "@" + where + "/x";
        };

        assertThat(run(url(databases.source), url)).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("UNKNOWN ").contains("sink database", why);
    }

    @Test
    void aWrongPasswordIsSaid() {
        databases.sink.execute(
                "DO $$ BEGIN CREATE ROLE needs_password LOGIN; EXCEPTION WHEN duplicate_object THEN NULL;"
                        + " END $$; GRANT pg_read_all_data TO needs_password");
        var sink = url(databases.sink.as("needs_password"));
        // The embedded server trusts everybody; of the rules, the first that matches decides.
        var rules = databases.sink.value(
                "SELECT lo_from_bytea(0, convert_to('host all needs_password all scram-sha-256' || E'\n'"
                        + " || pg_read_file(current_setting('hba_file')), 'UTF8'))");
        databases.sink.query("SELECT lo_export(" + rules + ", current_setting('hba_file')), pg_reload_conf()");
        var wrong = command(Map.of("CDC_SOURCE_PASSWORD", "test", "CDC_SINK_PASSWORD", "wrong"));

        await().atMost(Duration.ofMinutes(1)).until(() -> {
            out.reset();
            return wrong.run("compare", "--source", url(databases.source), "--sink", sink) == 2;
        });

        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("UNKNOWN ")
                .contains("sink database", "password authentication failed for user \"needs_password\"");
        assertThat(run(url(databases.source), sink)).as("the right one").isZero();
    }

    @Test
    void aTableThatTheSourceLacksIsUnknownAndOneThatTheSinkLacksFails() {
        databases.source.execute("CREATE TABLE public.s (id int PRIMARY KEY); INSERT INTO public.s VALUES (1)");

        assertThat(compare("--table", "public.nowhere")).isEqualTo(2);
        assertThat(compare("--table", "public.s")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("the source has no table nowhere", "the sink has no such table");
    }

    @ParameterizedTest
    @CsvSource({"int4, text", "uuid, text", "text, int4", "timestamptz, timestamp", "date, int8"})
    void keysOfTypesThatDoNotGoTogetherNeverPass(String source, String sink) {
        databases.source.execute("DROP TABLE public.t; CREATE TABLE public.t (id " + source + " PRIMARY KEY, v int)");
        databases.sink.execute("DROP TABLE public.t; CREATE TABLE public.t (id " + sink + " PRIMARY KEY, v int)");
        databases.source.execute("INSERT INTO public.t VALUES (" + value(source) + ", 1)");
        databases.sink.execute("INSERT INTO public.t VALUES (" + value(sink) + ", 1)");

        assertThat(compare()).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("column id is");
    }

    private static String value(String type) {
        return switch (type) {
            case "int4", "int8" -> "1";
            case "uuid" -> "md5('1')::uuid";
            case "text" -> "'one'";
            default -> "'2026-01-01'";
        };
    }

    @ParameterizedTest
    @CsvSource({
        "'compare', --source and --sink are needed",
        "'compare --source x', allowed is postgresql://",
        "'compare --timeout soon', up to 1 hour",
        "'compare --workers many', allowed is a number",
        "'compare --what x', unknown option",
        "'compare --sink', needs a value"
    })
    void badInputIsRefusedWithWhatIsAllowed(String arguments, String why) {
        assertThat(command(Map.of()).run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(why, "usage: compare");
    }

    /** For a table that is named both sides begin at once, and in a process of its own nothing is made ready yet of what they share. */
    @Test
    void thePackagedProgramEndsWithItsVerdictEachTime() throws Exception {
        for (var run = 0; run < 3; run++) {
            var builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-jar",
                            "target/quarkus-app/quarkus-run.jar",
                            "compare",
                            "--table",
                            "public.t",
                            "--source",
                            url(databases.source),
                            "--sink",
                            url(databases.sink))
                    .redirectErrorStream(true);
            builder.environment().putAll(Map.of("CDC_SOURCE_PASSWORD", "test", "CDC_SINK_PASSWORD", "test"));
            var process = builder.start();
            var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(printed).isZero();
            assertThat(printed).startsWith("PASS ");
        }
    }

    @Test
    void whatIsKilledMidwayLeavesNothingBehind() throws Exception {
        try (var holder = databases.sink.connect();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE");
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    Main.class.getName()));
            command.addAll(List.of("compare", "--source", url(databases.source), "--sink", url(databases.sink)));
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/null"))
                    .start();
            try {
                await("it waits in the middle of its work")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> databases
                                .sink
                                .value(SESSIONS + " AND wait_event_type = 'Lock'")
                                .equals(1L));
            } finally {
                process.destroyForcibly().waitFor();
            }

            await("no session waits for the lock any more")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> databases.sink.value(SESSIONS).equals(0L)
                            && databases.source.value(SESSIONS).equals(0L));
        }
    }

    private int compare(String... more) {
        return run(url(databases.source), url(databases.sink), more);
    }

    private int run(String source, String sink, String... more) {
        var arguments = new ArrayList<>(List.of("compare", "--source", source, "--sink", sink, "--timeout", "60s"));
        arguments.addAll(List.of(more));
        return command(Map.of("CDC_SOURCE_PASSWORD", "test", "CDC_SINK_PASSWORD", "test"))
                .run(arguments.toArray(String[]::new));
    }

    private CompareCommand command(Map<String, String> environment) {
        return new CompareCommand(new PrintStream(out, true), new PrintStream(err, true), environment);
    }

    private static String url(TestDatabase database) {
        return "postgresql://%s@%s:%d/%s".formatted(database.user(), database.host(), database.port(), database.name());
    }
}
