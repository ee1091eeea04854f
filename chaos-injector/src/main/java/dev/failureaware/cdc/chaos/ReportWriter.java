package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.qute.Template;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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

    void write(Report result) throws IOException {
        Files.createDirectories(folder);
        var text = json.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
        replace("report.html", page(result));
        replace("junit.xml", JUnitXml.of(result));
        // Last, so that whoever sees it finds the others too.
        replace("report.json", text);
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
