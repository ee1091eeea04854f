package dev.failureaware.cdc.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code bench-sink.json} or another; the shapes are in docs/benchmarks.md. Written after each part, so that an interrupted run keeps some. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path file;
    private final Map<String, Object> content = new LinkedHashMap<>();

    /**
     * An old report must not be taken for this run's.
     *
     * @param benchmark its name, and the file's without {@code .json}
     */
    Report(Path folder, String benchmark) {
        file = folder.resolve(benchmark + ".json");
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(file);
            Files.delete(Files.createTempFile(folder, ".write-probe", ""));
        } catch (IOException e) {
            throw new BenchmarkException("cannot write the report to %s: %s".formatted(folder, e), e);
        }
        content.put("benchmark", benchmark);
        content.put("complete", false);
    }

    Path file() {
        return file;
    }

    Map<String, Object> content() {
        return content;
    }

    void put(String name, Object value) throws IOException {
        content.put(name, value);
        write();
    }

    void complete() throws IOException {
        put("complete", true);
    }

    private void write() throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        JSON.writeValue(next.toFile(), content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
