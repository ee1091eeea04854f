package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.injector.client.InjectorClient;
import dev.failureaware.cdc.injector.client.InjectorException;
import dev.failureaware.cdc.injector.client.PlanText;
import dev.failureaware.cdc.injector.client.ReportText;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Commands of the injector's image, for jobs: clients of the running injector. A job that is ended before its run is over takes
 * the run with it.
 */
final class JobCommand {
    static final String USAGE = """
            usage: run [--file FILE] [--dry-run] | trigger TYPE [--dry-run] | report [--format json|html|junit] | check FILE
              --url URL, or CDC_INJECTOR_URL   where the injector is, by default http://127.0.0.1:8091
              CDC_API_TOKEN                    its token, for run and trigger
            exit codes: 0 PASS; 1 another verdict; 2 bad input or an impossible plan; 3 the injector does not answer
            without arguments the service starts""";

    private static final int OK = 0;
    private static final int NO_PASS = 1;
    private static final int BAD_INPUT = 2;
    private static final Set<String> COMMANDS = Set.of("run", "trigger", "report");
    private static final Set<String> FORMATS = Set.of("json", "html", "junit");

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Duration patience;

    /** @param patience how long an injector that is only starting is waited for */
    JobCommand(PrintStream out, PrintStream err, Map<String, String> environment, Duration patience) {
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.patience = patience;
    }

    static boolean isOne(String command) {
        return COMMANDS.contains(command);
    }

    private static final class UsageException extends Exception {
        private UsageException(String message) {
            super(message);
        }
    }

    /** Options by name, without their dashes, and the rest in order. */
    private record Arguments(List<String> words, Map<String, String> options, boolean dryRun) {

        static Arguments of(String[] arguments) throws UsageException {
            var words = new ArrayList<String>();
            var options = new HashMap<String, String>();
            var dryRun = false;
            for (var each = Arrays.asList(arguments).iterator(); each.hasNext(); ) {
                var argument = each.next();
                if (argument.equals("--dry-run")) {
                    dryRun = true;
                } else if (Set.of("--file", "--format", "--url").contains(argument)) {
                    if (!each.hasNext()) {
                        throw new UsageException(argument + " needs a value");
                    }
                    options.put(argument.substring(2), each.next());
                } else if (argument.startsWith("-")) {
                    throw new UsageException("there is no option " + argument);
                } else {
                    words.add(argument);
                }
            }
            return new Arguments(List.copyOf(words), Map.copyOf(options), dryRun);
        }

        void only(int wordCount, String... allowed) throws UsageException {
            if (words.size() != wordCount) {
                throw new UsageException(words.get(0) + " takes " + (wordCount - 1) + " arguments");
            }
            for (var option : options.keySet()) {
                if (!option.equals("url") && !List.of(allowed).contains(option)) {
                    throw new UsageException(words.get(0) + " has no option --" + option);
                }
            }
        }
    }

    /** @return the exit code */
    int run(String... arguments) throws InterruptedException {
        try {
            return dispatch(Arguments.of(arguments));
        } catch (UsageException e) {
            err.println(e.getMessage());
            err.println(USAGE);
            return BAD_INPUT;
        } catch (InjectorException e) {
            err.println(e.getMessage());
            return e.exitCode();
        }
    }

    private int dispatch(Arguments arguments) throws UsageException, InterruptedException {
        var injector = new InjectorClient(url(arguments), token(arguments), patience, "see its log");
        switch (arguments.words().get(0)) {
            case "run" -> {
                arguments.only(1, "file");
                var scenario = scenario(arguments);
                if (arguments.dryRun()) {
                    return plan(injector.planRun(scenario));
                }
                return follow(injector, () -> injector.run(scenario));
            }
            case "trigger" -> {
                arguments.only(2);
                var type = arguments.words().get(1);
                if (FaultType.of(type).isEmpty()) {
                    throw new UsageException("there is no failure " + type + "; allowed: " + FaultType.allowed());
                }
                if (arguments.dryRun()) {
                    return plan(injector.planTrigger(type));
                }
                return follow(injector, () -> injector.trigger(type));
            }
            case "report" -> {
                arguments.only(1, "format");
                var format = arguments.options().getOrDefault("format", "json").toLowerCase(Locale.ROOT);
                if (!FORMATS.contains(format)) {
                    throw new UsageException("there is no format " + format);
                }
                out.println(injector.report(format).stripTrailing());
                return OK;
            }
            default ->
                throw new UsageException(
                        "there is no command " + arguments.words().get(0));
        }
    }

    private interface Start {
        void start() throws InterruptedException;
    }

    private int follow(InjectorClient injector, Start start) throws InterruptedException {
        var ended = new Thread(injector::abort, "abort");
        Runtime.getRuntime().addShutdownHook(ended);
        start.start();
        var verdict = injector.follow(out::println);
        Runtime.getRuntime().removeShutdownHook(ended);
        out.print(ReportText.of(injector.report()));
        return verdict.equals("PASS") ? OK : NO_PASS;
    }

    private int plan(JsonNode plan) {
        out.print(PlanText.of(plan));
        return plan.path("possible").asBoolean() ? OK : BAD_INPUT;
    }

    private URI url(Arguments arguments) throws UsageException {
        var url = arguments.options().getOrDefault("url", environment.getOrDefault("CDC_INJECTOR_URL", ""));
        try {
            return URI.create(url.isBlank() ? "http://127.0.0.1:8091" : url);
        } catch (IllegalArgumentException e) {
            throw new UsageException(url + " is no URL: " + e.getMessage());
        }
    }

    private String token(Arguments arguments) throws UsageException {
        if (arguments.words().isEmpty()) {
            throw new UsageException("a command is missing");
        }
        var token = environment.getOrDefault("CDC_API_TOKEN", "");
        if (token.isBlank() && !arguments.words().get(0).equals("report")) {
            throw new UsageException("CDC_API_TOKEN is not set");
        }
        return token;
    }

    /** Null for the injector's own. */
    private static String scenario(Arguments arguments) throws UsageException {
        var file = arguments.options().get("file");
        if (file == null) {
            return null;
        }
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("%s cannot be read: %s".formatted(file, e));
        }
    }
}
