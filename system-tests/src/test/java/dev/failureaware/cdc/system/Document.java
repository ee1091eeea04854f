package dev.failureaware.cdc.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of this repository, as far as the tests of documents need it. */
record Document(Path file, List<String> lines) {
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Set<String> SHELLS = Set.of("bash", "sh", "shell", "console");

    /** A fenced block. */
    record Block(String language, int line, List<String> lines) {}

    /** Something said on a line, for messages. */
    record Said(String text, Path file, int line) {
        @Override
        public String toString() {
            return "%s:%d: %s".formatted(REPOSITORY.relativize(file), line, text);
        }
    }

    /** Everything a reader may follow; the chart's README is made by the chart's tests, and is read here all the same. */
    static List<Document> all() {
        try (var docs = Files.list(REPOSITORY.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "helm/failure-aware-cdc/README.md")
                                    .map(REPOSITORY::resolve),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream())
                    .map(Document::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Document of(Path file) {
        try {
            return new Document(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Block> blocks() {
        var blocks = new ArrayList<Block>();
        Block open = null;
        for (var n = 0; n < lines.size(); n++) {
            var line = lines.get(n).strip();
            if (line.startsWith("```") && open == null) {
                open = new Block(line.substring(3).strip(), n + 1, new ArrayList<>());
            } else if (line.startsWith("```")) {
                blocks.add(open);
                open = null;
            } else if (open != null) {
                open.lines().add(lines.get(n));
            }
        }
        return blocks;
    }

    /** Each command of each shell block: lines that go on are joined, remarks behind them left out. */
    List<Said> commands() {
        var commands = new ArrayList<Said>();
        for (var block : blocks()) {
            if (!SHELLS.contains(block.language())) {
                continue;
            }
            var begun = "";
            var at = block.line();
            for (var line : block.lines()) {
                at++;
                var text =
                        (begun + " " + line.replaceFirst("(^|\\s+)#( .*)?$", "").strip()).strip();
                begun = "";
                if (text.endsWith("\\")) {
                    begun = text.substring(0, text.length() - 1).strip();
                } else if (text.endsWith("|")) {
                    begun = text;
                } else if (!text.isEmpty()) {
                    commands.add(new Said(text, file, at));
                }
            }
        }
        return commands;
    }

    /** Targets of links and pictures, where prose is. */
    List<Said> links() {
        return prose(LINK);
    }

    /** What stands in backquotes, where prose is. */
    List<Said> spans() {
        return prose(SPAN);
    }

    /** By paragraphs, because what stands in backquotes may go on in the next line. */
    private List<Said> prose(Pattern pattern) {
        var found = new ArrayList<Said>();
        var fenced = false;
        var paragraph = "";
        var begin = 1;
        for (var n = 0; n <= lines.size(); n++) {
            var line = n < lines.size() ? lines.get(n).strip() : "";
            var fence = line.startsWith("```");
            if (paragraph.isEmpty() || line.isEmpty() || fence || line.matches("(\\||#|- |\\d+\\. ).*")) {
                var matcher = pattern.matcher(paragraph);
                while (matcher.find()) {
                    found.add(new Said(matcher.group(1), file, begin));
                }
                paragraph = "";
                begin = n + 1;
            }
            fenced ^= fence;
            if (!fenced && !fence) {
                paragraph = (paragraph + " " + line).strip();
            }
        }
        return found;
    }

    /** As GitHub makes them of headings. */
    Set<String> anchors() {
        var anchors = new HashSet<String>();
        var seen = new HashMap<String, Integer>();
        var fenced = false;
        for (var line : lines) {
            if (line.strip().startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced && line.matches("#{1,6} .*")) {
                var anchor = line.replaceFirst("#+ ", "")
                        .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                var times = seen.merge(anchor, 1, Integer::sum);
                anchors.add(times == 1 ? anchor : anchor + "-" + (times - 1));
            }
        }
        return anchors;
    }
}
