package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openqa.selenium.WebDriverException;

/** Looks at the dashboard from its beginning to its closing, as a person would, and keeps what it saw. */
final class DashboardWatch implements AutoCloseable {
    private static final long PAUSE_MILLIS = 300;
    private static final int WIDTH = 1360;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LOOK = """
            const text = element => element ? element.textContent.replace(/\\s+/g, ' ').trim() : null;
            const all = (selector, key, value) => Object.fromEntries(
              [...document.querySelectorAll(selector)].map(element => [key(element), value(element)]));
            document.querySelectorAll('#tables button.open[aria-expanded="false"]').forEach(button => button.click());
            return {
              sentence: document.querySelector('.headline') ? text(document.querySelector('.sentence')) : null,
              live: text(document.querySelector('.live')),
              run: text(document.querySelector('.run')),
              broken: [...document.querySelectorAll('.part.broken')].map(part => part.dataset.part),
              stages: all('[data-failure]', failure => failure.dataset.failure,
                failure => failure.className + ' ' + (text(failure.querySelector('.verdict')) ?? '')),
              tables: all('[data-table]', table => table.dataset.table, table => text(table.querySelector('.verdict'))),
              keys: [...document.querySelectorAll('button.key')].map(text)
            }""";

    private final Browser browser;
    private final URI page;
    private final String name;
    private final Thread thread = new Thread(this::watch, "dashboard-watch");
    private final Set<String> sentences = new LinkedHashSet<>();
    private final Set<String> broken = new LinkedHashSet<>();
    private final Set<String> keys = new LinkedHashSet<>();
    private final Map<String, Set<String>> stages = new LinkedHashMap<>();
    private final Map<String, Set<String>> tables = new LinkedHashMap<>();
    private final Set<String> runs = new LinkedHashSet<>();
    private final Set<String> pictures = new LinkedHashSet<>();
    private volatile boolean closing;
    private volatile Throwable failure;

    /** @param name prefix of its pictures */
    DashboardWatch(Browser browser, URI page, String name) {
        this.browser = browser;
        this.page = page;
        this.name = name;
        thread.start();
    }

    private void watch() {
        try {
            while (!closing && !opened()) {
                Thread.sleep(PAUSE_MILLIS);
            }
            while (!closing) {
                keep(browser.ask(LOOK));
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** The stack may still be starting. */
    private boolean opened() {
        try {
            browser.go(page);
            return true;
        } catch (WebDriverException e) {
            return false;
        }
    }

    private synchronized void keep(JsonNode seen) {
        if (!seen.hasNonNull("sentence") || !seen.path("live").asText().equals("live")) {
            return;
        }
        var sentence = seen.path("sentence").asText();
        sentences.add(sentence.replaceAll("\\d[\\d,.]*", "N"));
        seen.path("broken").forEach(part -> broken.add(part.asText()));
        seen.path("keys").forEach(key -> keys.add(key.asText()));
        runs.add(seen.path("run").asText());
        note(seen.path("stages"), stages);
        note(seen.path("tables"), tables);
        if (sentence.matches("The connector is down for ([3-9]|\\d\\d) s.*")) {
            picture("broken");
        } else if (sentence.startsWith("Well again")) {
            picture("well-again");
        } else if (!seen.path("keys").isEmpty()) {
            picture("wrong");
        }
    }

    private static void note(JsonNode seen, Map<String, Set<String>> kept) {
        seen.fields()
                .forEachRemaining(entry -> kept.computeIfAbsent(entry.getKey(), absent -> new LinkedHashSet<>())
                        .add(entry.getValue().asText().strip()));
    }

    private void picture(String what) {
        if (pictures.add(what)) {
            browser.picture(name + "-" + what, WIDTH);
        }
    }

    /** Sentences at the top, figures replaced by N. */
    synchronized Set<String> sentences() {
        return Set.copyOf(sentences);
    }

    synchronized Set<String> brokenParts() {
        return Set.copyOf(broken);
    }

    /** Keys of rows that were shown as different. */
    synchronized Set<String> keys() {
        return Set.copyOf(keys);
    }

    synchronized Set<String> runs() {
        return Set.copyOf(runs);
    }

    /** Of each failure its stages, the last with its verdict. */
    synchronized Map<String, List<String>> stages() {
        var copy = new LinkedHashMap<String, List<String>>();
        stages.forEach((id, seen) -> copy.put(id, List.copyOf(seen)));
        return copy;
    }

    synchronized Set<String> verdictsOf(String table) {
        return Set.copyOf(tables.getOrDefault(table, Set.of()));
    }

    /** Each fault with the part that it broke, each recovery, and the verdicts. */
    void assertTheFiveFailuresWereSeen() {
        assertThat(stages())
                .hasSize(5)
                .allSatisfy((id, stages) -> assertThat(stages).as(id).last().isEqualTo("done PASS"));
        assertThat(brokenParts()).contains("connector", "sink-consumer").doesNotContain("sink", "source");
        assertThat(sentences())
                .contains("Well again after N s: all rows agree.")
                .anyMatch(sentence -> sentence.startsWith("The connector is down for N s. Nothing is lost"))
                .anyMatch(sentence -> sentence.startsWith("The sink-consumer is down for N s. Nothing is lost"));
    }

    /** The page is told a moment after the injector knows. */
    void awaitVerdict() {
        await("the run's verdict on the dashboard")
                .atMost(PATIENCE)
                .until(() -> failure != null || runs().stream().anyMatch(run -> run.matches(".*: [A-Z]+")));
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join();
        if (failure != null) {
            throw new AssertionError("the dashboard could not be watched", failure);
        }
    }
}
