package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say of the repository holds: links, commands, and the names of things. Nothing outside is asked. */
class DocumentsTest {
    private static final List<Document> DOCUMENTS = Document.all();
    private static final Sources SOURCES = new Sources();

    /** Promised by the project's first description. */
    private static final List<String> PROMISED = List.of(
            "docs/canonical-scenario.md#agent-sizing",
            "docs/canonical-scenario.md#recovery-patterns",
            "docs/expected-behavior.md");

    @Test
    void everyLinkLeadsToAFileAndToAHeadingInIt() {
        var links = DOCUMENTS.stream()
                .flatMap(document -> document.links().stream())
                .filter(link -> !link.text().matches("(https?|mailto):.*"))
                .toList();

        assertThat(links).hasSizeGreaterThan(40);
        assertThat(links).filteredOn(link -> !leads(link)).isEmpty();
    }

    @Test
    void whatWasPromisedIsThere() {
        assertThat(PROMISED)
                .allMatch(link -> leads(new Document.Said(link, Document.REPOSITORY.resolve("README.md"), 0)));
    }

    private static boolean leads(Document.Said link) {
        var parts = link.text().split("#", 2);
        var target = parts[0].isEmpty()
                ? link.file()
                : link.file().resolveSibling(parts[0]).normalize();
        return target.startsWith(Document.REPOSITORY)
                && Files.exists(target)
                && (parts.length == 1
                        || (target.toString().endsWith(".md")
                                && Document.of(target).anchors().contains(parts[1])));
    }

    @Test
    void everyPictureHasATextForThoseWhoDoNotSeeIt() {
        var pictures = Pattern.compile("!\\[([^\\]]*)\\]");
        for (var document : DOCUMENTS) {
            for (var line : document.lines()) {
                var picture = pictures.matcher(line);
                while (picture.find()) {
                    assertThat(picture.group(1)).as(line).hasSizeGreaterThan(20);
                }
            }
        }
    }

    @Test
    void everyCommandIsRunByATest() {
        var commands = DOCUMENTS.stream()
                .flatMap(document -> document.commands().stream())
                .toList();

        assertThat(commands).hasSizeGreaterThan(30);
        assertThat(commands)
                .as("commands that no test runs: see DocumentedCommands")
                .filteredOn(command -> !DocumentedCommands.isRun(command.text()))
                .isEmpty();
    }

    /** So that the list does not outlive the documents. */
    @Test
    void everyCommandThatATestRunsStandsInADocument() {
        var commands = DOCUMENTS.stream()
                .flatMap(document -> document.commands().stream())
                .map(Document.Said::text)
                .toList();

        assertThat(commands).containsAll(DocumentedCommands.all());
    }

    @Test
    void everyTestThatIsSaidToRunACommandIsThere() {
        assertThat(DocumentedCommands.ELSEWHERE.values()).allMatch(SOURCES::hasTest);
    }

    @Test
    void everyTargetOfMakeIsThere() {
        var targets = Stream.concat(
                        DOCUMENTS.stream().flatMap(document -> document.commands().stream()),
                        DOCUMENTS.stream().flatMap(document -> document.spans().stream()))
                .toList();

        assertNamed(targets, "(?:.*[ =;|]|)make ([a-z][a-z-]*)\\b.*", SOURCES::hasTarget, 20);
    }

    @Test
    void everyVariableIsRead() {
        // Settings of Kafka's and of Quarkus' own have no reader here.
        assertNamed(
                spans(), "(?!KAFKA_|QUARKUS_|OTEL_)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?", SOURCES::hasVariable, 15);
    }

    @Test
    void everySettingOfAServiceIsThere() {
        assertNamed(spans(), "((?:sink|verifier|load|injector)\\.[a-z][\\w.-]*)(?:=.*)?", SOURCES::hasProperty, 20);
    }

    @Test
    void everyMetricIsThere() {
        assertNamed(spans(), "(cdc_[a-z_]+)", SOURCES::hasMetric, 3);
    }

    @Test
    void everyEndpointIsThere() {
        assertNamed(spans(), "(?:(?:GET|POST|PUT|DELETE) )?(/[a-z][^? ]*)(?:\\?.*)?", SOURCES::hasEndpoint, 15);
    }

    @Test
    void everyFileThatIsNamedIsThere() {
        assertNamed(
                spans(),
                "((?!target/|report/|\\.stack/)[\\w.-]+(?:/[\\w.-]+)+\\.(?:sql|json|yaml|md|sh|java|xml))",
                file -> Files.exists(Document.REPOSITORY.resolve(file)),
                5);
    }

    /** In guarantees.md a test stands for what it holds. */
    @Test
    void everyTestThatIsNamedIsThere() {
        assertNamed(spans(), "([A-Z]\\w+(?:Test|IT|ST)(?:\\.[\\w…]+)?)", SOURCES::hasTest, 80);
        assertNamed(spans(), "…([a-zA-Z][\\w…]*)", SOURCES::hasTestMethod, 10);
    }

    private static List<Document.Said> spans() {
        return DOCUMENTS.stream().flatMap(document -> document.spans().stream()).toList();
    }

    private static void assertNamed(List<Document.Said> said, String pattern, Predicate<String> isThere, int fewest) {
        var shape = Pattern.compile(pattern);
        Function<Document.Said, Stream<String>> names = text -> {
            var matcher = shape.matcher(text.text());
            return matcher.matches() ? Stream.of(matcher.group(1)) : Stream.empty();
        };
        assertThat(said.stream().flatMap(names)).hasSizeGreaterThan(fewest);
        assertThat(said)
                .filteredOn(text -> !names.apply(text).allMatch(isThere))
                .isEmpty();
    }
}
