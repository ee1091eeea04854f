package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A real Chromium without a screen and with a profile of its own, as the machine has it: none is downloaded. Where there is
 * none, tests are skipped; {@code -Drequire.browser} makes that a failure.
 */
final class Browser implements AutoCloseable {
    private static final List<String> BROWSERS =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final List<String> DRIVERS = List.of("/usr/bin/chromedriver", "/usr/local/bin/chromedriver");
    private static final Path PICTURES = Path.of("target/dashboard");

    private final Path profile;
    private final ChromeDriver driver;
    private final List<String> problems = new ArrayList<>();
    private final List<String> requested = new ArrayList<>();

    private Browser(Path browser, Path driverProgram) {
        try {
            profile = Files.createTempDirectory("browser");
            Files.createDirectories(PICTURES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        var options = new ChromeOptions();
        options.setBinary(browser.toFile());
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--window-size=1360,1700",
                "--user-data-dir=" + profile);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driverProgram.toFile())
                        .build(),
                options);
    }

    /** Empty where there is none. */
    static Optional<Browser> ifInstalled() {
        var browser = first("browser.program", BROWSERS);
        var driver = first("browser.driver", DRIVERS);
        return browser.isPresent() && driver.isPresent()
                ? Optional.of(new Browser(browser.get(), driver.get()))
                : Optional.empty();
    }

    /** Skips the test where there is none, or fails it, as the caller of the build has said. */
    static <T> T require(Optional<T> needsBrowser) {
        var reason = "no Chromium with its driver at %s and %s; on Debian: apt-get install chromium chromium-driver"
                .formatted(BROWSERS, DRIVERS);
        if (needsBrowser.isEmpty()) {
            assertThat(System.getProperty("require.browser")).as(reason).isNull();
            assumeTrue(false, reason);
        }
        return needsBrowser.orElseThrow();
    }

    private static Optional<Path> first(String property, List<String> places) {
        return Stream.concat(Stream.ofNullable(System.getProperty(property)), places.stream())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    void go(URI page) {
        driver.get(page.toString());
    }

    /** @param script returns what can be written as JSON */
    JsonNode ask(String script, Object... arguments) {
        return Stack.JSON.valueToTree(driver.executeScript(script, arguments));
    }

    JsonNode askLater(String script) {
        return Stack.JSON.valueToTree(driver.executeAsyncScript(script));
    }

    /** @param name of the picture, without its ending; all of the page is on it */
    void picture(String name, int width) {
        try {
            driver.executeCdpCommand(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", 1000, "deviceScaleFactor", 1, "mobile", false));
            var height = ask("return document.documentElement.scrollHeight").asInt();
            driver.executeCdpCommand(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
            Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void colours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Bytes of JavaScript's heap that are in use, after a collection. */
    long heapBytes() {
        driver.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
        driver.executeCdpCommand("Performance.enable", Map.of());
        var metrics = Stack.JSON.valueToTree(driver.executeCdpCommand("Performance.getMetrics", Map.of()));
        for (var metric : metrics.path("metrics")) {
            if (metric.path("name").asText().equals("JSHeapUsedSize")) {
                return metric.path("value").asLong();
            }
        }
        throw new AssertionError(metrics.toString());
    }

    /** What the page has complained about since it was opened, its security policy's refusals included. */
    List<String> problems() {
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .forEach(entry -> problems.add(entry.getMessage()));
        return problems;
    }

    /** Addresses that were asked for since the page was opened, without those of the browser's own first page. */
    List<String> requested() {
        for (var entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            try {
                var message = Stack.JSON.readTree(entry.getMessage()).path("message");
                if (message.path("method").asText().equals("Network.requestWillBeSent")) {
                    requested.add(message.at("/params/request/url").asText());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return requested.stream()
                .filter(address -> !address.startsWith("chrome://"))
                .toList();
    }

    /** What axe-core finds wrong with the page for people who cannot see it as others do. */
    List<String> barriers() {
        problems();
        try (var axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var found = new ArrayList<String>();
        askLater("const done = arguments[arguments.length - 1];"
                        + "axe.run(document, {resultTypes: ['violations'], preload: false}).then(r => done(r.violations.map(v =>"
                        + " v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html).slice(0, 3).join(' '))))")
                .forEach(barrier -> found.add(barrier.asText()));
        // axe-core is no part of the page: what it is refused is not the page's problem.
        driver.manage().logs().get(LogType.BROWSER);
        return found;
    }

    @Override
    public void close() {
        driver.quit();
        try (var files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
