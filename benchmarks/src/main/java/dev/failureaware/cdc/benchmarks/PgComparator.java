package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code pg_comparator} as Debian packages it (postgresql-comparator): a command, and an extension for one version of
 * PostgreSQL, Debian's own. Nothing is installed by the benchmark.
 *
 * @param command the program
 * @param postgresql the installation that has the extension
 */
record PgComparator(Path command, Path postgresql) {
    static final String EXTENSION = "CREATE EXTENSION pgcmp";
    static final String ABSENT = "absent: Debian's postgresql-comparator with its PostgreSQL is not installed";

    private static final Path COMMAND = Path.of("/usr/bin/pg_comparator");
    private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");
    private static final Path EXTENSIONS = Path.of("/usr/share/postgresql");

    /** Empty where the command, the server or the extension lacks. */
    static Optional<PgComparator> installed() throws IOException {
        if (!Files.isExecutable(COMMAND) || !Files.isDirectory(INSTALLATIONS)) {
            return Optional.empty();
        }
        try (var versions = Files.list(INSTALLATIONS)) {
            return versions.filter(version -> Files.isExecutable(version.resolve("bin/initdb"))
                            && Files.isExecutable(version.resolve("bin/postgres"))
                            && Files.exists(
                                    EXTENSIONS.resolve(version.getFileName()).resolve("extension/pgcmp.control")))
                    .max(java.util.Comparator.naturalOrder())
                    .map(version -> new PgComparator(COMMAND, version));
        }
    }

    /**
     * With its own defaults.
     *
     * @return seconds of the whole process
     */
    double run(ComparedTables tables, String password, ComparedTables.Differences expected)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                        command.toString(), "--env-pass=COMPARED", table(tables, 0) + "?id", table(tables, 1))
                .redirectErrorStream(true);
        builder.environment().put("COMPARED", password);
        var began = System.nanoTime();
        var process = builder.start();
        try {
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            var exit = process.waitFor();
            var seconds = (System.nanoTime() - began) / 1e9;
            var found = new ComparedTables.Differences(
                    count(lines, "INSERT"), count(lines, "DELETE"), count(lines, "UPDATE"));
            if (exit != 0 || !found.equals(expected)) {
                throw new WrongResultException("pg_comparator ended with exit code %d, expected %s, found %s: %s"
                        .formatted(
                                exit,
                                expected,
                                found,
                                String.join(" | ", lines.subList(0, Math.min(5, lines.size())))));
            }
            return seconds;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String table(ComparedTables tables, int side) {
        return tables.url(side).replaceFirst("^postgresql://", "pgsql://") + "/" + ComparedTables.TABLE;
    }

    private static int count(List<String> lines, String kind) {
        return (int) lines.stream().filter(line -> line.startsWith(kind + " ")).count();
    }
}
