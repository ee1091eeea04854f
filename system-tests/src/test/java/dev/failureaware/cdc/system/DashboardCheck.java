package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;

/** What holds of the dashboard whatever it shows: on a phone, in the dark, without eyes or mouse, after an hour, and by token. */
final class DashboardCheck {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PHONE_WIDTH = 390;
    private static final int WIDE = 1360;
    private static final long MEGABYTE = 1 << 20;
    /** Of JavaScript alone; the page as a whole may have 150 MB. */
    private static final long LARGEST_HEAP = 60 * MEGABYTE;

    private final Browser page;
    private final Stack stack;

    DashboardCheck(Browser page, Stack stack) {
        this.page = page;
        this.stack = stack;
    }

    void checkAll() {
        hasNoBarriersInAnyColoursOrWidth();
        tracesARow();
        doesNothingWithoutTheToken();
        holdsAnHour();
        assertThat(page.problems())
                .as("what the page complained about, but for the wrong token")
                .allMatch(problem -> problem.contains("/actions/unlock"));
    }

    private void hasNoBarriersInAnyColoursOrWidth() {
        for (var colours : new String[] {"light", "dark"}) {
            page.colours(colours);
            for (var width : new int[] {PHONE_WIDTH, WIDE}) {
                page.picture("well-%s-%d".formatted(colours, width), width);
                assertThat(page.barriers()).as("%s, %d pixels", colours, width).isEmpty();
                assertThat(page.ask("return document.documentElement.scrollWidth")
                                .asInt())
                        .as("nothing is wider than %d pixels", width)
                        .isLessThanOrEqualTo(width);
            }
        }
        page.colours("light");
    }

    private void tracesARow() {
        page.ask("""
                const form = document.querySelector('.lookup');
                form.elements.table.value = 'customers';
                form.elements.key.value = arguments[0];
                form.requestSubmit();""", anyCustomer());
        await("the row's events")
                .atMost(PATIENCE)
                .until(
                        () -> page.ask("return document.querySelector('#trace').open"
                                        + " ? document.querySelector('#trace').textContent : ''")
                                .asText()
                                .matches(
                                        "(?s).*Both sides now: (equal|mismatch|stale).*Its events.*(applied|replaced|waiting).*"));
        page.picture("trace", WIDE);
        page.ask("document.querySelector('#trace').close()");
    }

    private String anyCustomer() {
        try (var source = stack.connect("source", "cdc_verifier")) {
            return TableContents.strings(source, "SELECT id FROM customers ORDER BY updated_at DESC LIMIT 1")
                    .iterator()
                    .next();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void doesNothingWithoutTheToken() {
        assertThat(page.ask("return document.querySelectorAll('[data-trigger]').length")
                        .asInt())
                .as("buttons that break something")
                .isZero();
        unlock("not the token");
        await("the refusal")
                .atMost(PATIENCE)
                .until(() -> page.ask("return document.querySelector('[role=alert]')?.textContent ?? ''")
                        .asText()
                        .contains("not the token"));
        unlock(stack.token());
        await("the buttons")
                .atMost(PATIENCE)
                .until(() -> page.ask("return document.querySelectorAll('[data-trigger]').length")
                                .asInt()
                        == 5);
        page.ask("document.querySelector('[data-action=verify]').click()");
        await("the verification")
                .atMost(PATIENCE)
                .until(() -> page.ask("return document.querySelector('#actions [role=status]').textContent")
                        .asText()
                        .matches("Verify: (PASS|SYNC_IN_PROGRESS).*"));
        page.picture("unlocked", WIDE);
    }

    private void unlock(String token) {
        page.ask("""
                const form = document.querySelector('.unlock');
                form.elements.token.value = arguments[0];
                form.requestSubmit();""", token);
    }

    /** As the verifier would send it: first a whole hour, then another one sample by sample. */
    private void holdsAnHour() {
        page.askLater("""
                const done = arguments[arguments.length - 1];
                import('/dashboard/charts.js').then(charts => {
                  const sample = seconds => ({timestamp: new Date(Date.now() - 7200000 + seconds * 1000).toISOString(),
                    lag: seconds % 400, retainedWalBytes: 4e6 + seconds, sourceCommitsPerSecond: 20, sinkRowsPerSecond: 33,
                    differences: seconds % 7});
                  charts.addSamples(true, Array.from({length: 1800}, (_, n) => sample(2 * n)));
                  for (let n = 1800; n < 3600; n++) { charts.addSamples(false, [sample(2 * n)]); }
                  done(true);
                });""");
        var heap = page.heapBytes();
        System.out.printf("The dashboard with an hour of samples: %d MB of JavaScript's heap%n", heap / MEGABYTE);
        assertThat(heap).isLessThan(LARGEST_HEAP);
    }
}
