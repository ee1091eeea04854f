package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.qute.Template;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a report as JSON, as a page and as JUnit XML. Each file appears whole or not at all. */
@ApplicationScoped
class ReportWriter {
    private final Path folder;
    private final ObjectMapper json;
    private final Template report;

    /** @param report the template of that name */
    ReportWriter(InjectorConfig config, ObjectMapper json, Template report) {
        this.folder = config.reportDir();
        this.json = json;
        this.report = report;
    }

    /** The report in all its forms, by file name, in the order in which they are to be written. */
    Map<String, String> of(Report result) {
        var files = new LinkedHashMap<String, String>();
        files.put("report.html", page(result));
        files.put("junit.xml", JUnitXml.of(result));
        // Last, so that whoever sees it finds the others too.
        files.put("report.json", text(result));
        return files;
    }

    private String text(Report result) {
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report is always JSON", e);
        }
    }

    void write(Map<String, String> files) throws IOException {
        Files.createDirectories(folder);
        for (var file : files.entrySet()) {
            replace(file.getKey(), file.getValue());
        }
    }

    String page(Report result) {
        return report.data("page", ReportPage.of(result, json)).render();
    }

    private void replace(String name, String text) throws IOException {
        // Not a temporary file of the platform's making: that could be read by nobody else, and so could the report.
        var draft = folder.resolve("." + name + ".tmp");
        try {
            try (var out = new RandomAccessFile(draft.toFile(), "rw")) {
                out.setLength(0);
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.getFD().sync();
            }
            Files.move(
                    draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
