package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.failureaware.cdc.model.TableId;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.context.spi.ContextManagerProvider;

/** Compares two databases at rest and ends: needs neither Kafka nor a running service. */
final class CompareCommand {
    static final String NAME = "compare";
    static final String USAGE = """
            usage: compare --source postgresql://USER@HOST:PORT/DATABASE --sink postgresql://USER@HOST:PORT/DATABASE
              --table SCHEMA.TABLE   a table to compare, by default all of the source; may be given more than once
              --timeout 10m          how long it may take
              --workers 2            most processes that a database may put to work on a statement beside the session's own
              --format text          text, json, html or junit; --json is the same as --format json
              CDC_SOURCE_PASSWORD, CDC_SINK_PASSWORD
            nothing may be written to either side meanwhile: a running pipeline is verified by its verifier
            exit codes: 0 PASS; 1 FAIL; 2 UNKNOWN or bad input""";

    private static final int BAD_INPUT = 2;
    private static final int EXAMPLES = 20;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    CompareCommand(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    private static final class Options {
        private PgConnectOptions source;
        private PgConnectOptions sink;
        private final List<TableId> tables = new ArrayList<>();
        private Duration timeout = Duration.ofMinutes(10);
        private int workers = 2;
        private ReportForm form = ReportForm.TEXT;
    }

    /** @return the exit code */
    int run(String... arguments) {
        Options options;
        try {
            options = options(arguments);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            err.println(USAGE);
            return BAD_INPUT;
        }
        Report report;
        try {
            report = compare(options);
        } catch (RuntimeException e) {
            // Java's own exit code would say FAIL.
            e.printStackTrace(err);
            return BAD_INPUT;
        }
        out.print(
                switch (options.form) {
                    case TEXT -> TextReport.of(report);
                    case JSON -> json(report);
                    case HTML -> HtmlReport.of(report, Course.NONE);
                    case JUNIT -> JUnitReport.of(report);
                });
        return switch (report.status()) {
            case PASS -> 0;
            case FAIL -> 1;
            case UNKNOWN, SYNC_IN_PROGRESS -> BAD_INPUT;
        };
    }

    private Options options(String... arguments) {
        var options = new Options();
        for (var i = 1; i < arguments.length; i++) {
            var name = arguments[i];
            if (name.equals("--json")) {
                options.form = ReportForm.JSON;
                continue;
            }
            if (++i == arguments.length) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            var value = arguments[i];
            switch (name) {
                case "--source" -> options.source = database(name, value, "CDC_SOURCE_PASSWORD");
                case "--sink" -> options.sink = database(name, value, "CDC_SINK_PASSWORD");
                case "--table" -> options.tables.add(TableId.parse(value));
                case "--timeout" -> options.timeout = Timeouts.parse(value);
                case "--format" -> options.form = ReportForm.named(value);
                case "--workers" -> options.workers = workers(value);
                default -> throw new IllegalArgumentException("unknown option " + name);
            }
        }
        if (options.source == null || options.sink == null) {
            throw new IllegalArgumentException("--source and --sink are needed");
        }
        return options;
    }

    private static int workers(String value) {
        if (!value.matches("\\d{1,2}")) {
            throw new IllegalArgumentException("--workers " + value + ": allowed is a number from 0 to 99");
        }
        return Integer.parseInt(value);
    }

    private PgConnectOptions database(String option, String url, String passwordVariable) {
        if (!url.startsWith("postgresql://")) {
            throw new IllegalArgumentException(
                    option + " " + url + ": allowed is postgresql://USER@HOST:PORT/DATABASE");
        }
        var database = PgConnectOptions.fromUri(url).addProperty("application_name", "cdc-verifier");
        var password = environment.get(passwordVariable);
        return password == null ? database : database.setPassword(password);
    }

    private static Report compare(Options options) {
        // Made by whoever asks first, which fails when two threads do: "ContextManagerProvider already set".
        ContextManagerProvider.instance();
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(1));
        try (var databases = new Databases(pool(vertx, options.source), pool(vertx, options.sink), options.workers)) {
            return new RestingComparison(
                            databases, new Comparison(databases, Comparison.Limits.USUAL), EXAMPLES, Clock.systemUTC())
                    .compare(options.tables, Effort.onDemand(options.timeout));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static Pool pool(Vertx vertx, PgConnectOptions database) {
        return Pool.newInstance(PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(database)
                .using(vertx)
                .build());
    }

    private static String json(Report report) {
        try {
            return JsonMapper.builder()
                            .addModule(new JavaTimeModule())
                            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                            .build()
                            .writeValueAsString(report)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
