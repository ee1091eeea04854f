package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {
    private static final UUID KEY = UUID.fromString("11111111-1111-4111-8111-111111111111");
    private static final Change CHANGE = new CustomerChange.Created(KEY, "L3.0-C0", "a@example.com", "Ada");
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00.5Z"), ZoneOffset.UTC);
    private static final long LARGE = 1_000_000;

    @TempDir
    Path folder;

    @Test
    void anIntentAndItsOutcomeAreTwoLinesWithOneNumber() throws IOException {
        try (var ledger = ledger(LARGE, 3)) {
            ledger.begin(3);
            var number = ledger.intend(CHANGE);
            ledger.conclude(number, Outcome.acknowledged(List.of(Effect.upsert("customers", KEY, 1))));
        }

        assertThat(Files.readAllLines(file()))
                .containsExactly(
                        "{\"n\":1,\"run\":3,\"at\":\"2026-11-22T12:00:00.500Z\",\"kind\":\"customer_created\",\"state\":\"intent\","
                                + "\"effects\":[{\"table\":\"customers\",\"key\":\"" + KEY
                                + "\",\"op\":\"upsert\",\"version\":1}]}",
                        "{\"n\":1,\"at\":\"2026-11-22T12:00:00.500Z\",\"state\":\"acknowledged\","
                                + "\"effects\":[{\"table\":\"customers\",\"key\":\"" + KEY
                                + "\",\"op\":\"upsert\",\"version\":1}]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"n\":2,\"run\":9,\"at\":\"2026-11-2", "{", "{\"n\":2,\"run\":9}"})
    void aLineThatWasNotFinishedIsCutAndItsNumberGivenAgain(String torn) throws IOException {
        try (var ledger = ledger(LARGE, 3)) {
            ledger.begin(3);
            ledger.intend(CHANGE);
        }
        Files.writeString(file(), torn, StandardOpenOption.APPEND);

        try (var ledger = ledger(LARGE, 3)) {
            assertThat(ledger.lastRun()).isEqualTo(3);
            assertThat(ledger.intend(CHANGE)).isEqualTo(2);
        }
        assertThat(lines(file())).extracting(line -> line.get("n").asLong()).containsExactly(1L, 2L);
    }

    @Test
    void filesAreBoundedAndOnlyTheNewestAreKept() throws IOException {
        try (var ledger = ledger(1_000, 2)) {
            for (var i = 0; i < 50; i++) {
                ledger.intend(CHANGE);
            }
        }

        try (var files = Files.list(folder)) {
            assertThat(files)
                    .containsExactlyInAnyOrder(
                            file(), folder.resolve("ledger.ndjson.1"), folder.resolve("ledger.ndjson.2"))
                    .allSatisfy(file -> assertThat(Files.size(file)).isBetween(1L, 1_000L));
        }
        assertThat(lines(file()).get(0).get("n").asLong() - 1)
                .as("the older file ends where the newer begins")
                .isEqualTo(
                        last(lines(folder.resolve("ledger.ndjson.1"))).get("n").asLong());
    }

    @Test
    void aReaderGetsAllThatIsKeptTheOldestFirstAlsoWhileFilesMoveOn() throws IOException {
        try (var ledger = ledger(1_000, 100)) {
            for (var i = 0; i < 50; i++) {
                ledger.intend(CHANGE);
            }
            try (var reader = new BufferedReader(new InputStreamReader(ledger.read(), StandardCharsets.UTF_8))) {
                var numbers = new ArrayList<Long>();
                numbers.add(number(reader.readLine()));
                for (var i = 0; i < 50; i++) {
                    ledger.intend(CHANGE);
                }
                for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                    numbers.add(number(line));
                }

                assertThat(numbers)
                        .hasSizeGreaterThanOrEqualTo(50)
                        .startsWith(1L)
                        .isSorted()
                        .doesNotHaveDuplicates();
            }
        }
    }

    private static long number(String line) throws IOException {
        return new ObjectMapper().readTree(line).get("n").asLong();
    }

    @Test
    void numbersGoOnWhenTheCurrentFileHoldsOnlyAnOlderOutcome() throws IOException {
        try (var ledger = ledger(450, 3)) {
            ledger.begin(4);
            ledger.intend(CHANGE);
            ledger.intend(CHANGE);
            ledger.conclude(1, Outcome.acknowledged(List.of()));
        }
        assertThat(lines(file())).hasSize(1);

        try (var ledger = ledger(450, 3)) {
            assertThat(ledger.lastRun()).isEqualTo(4);
            assertThat(ledger.intend(CHANGE)).isEqualTo(3);
        }
    }

    private Ledger ledger(long maxBytes, int keptFiles) throws IOException {
        return new Ledger(file(), maxBytes, keptFiles, NOON);
    }

    private Path file() {
        return folder.resolve("ledger.ndjson");
    }

    private static JsonNode last(List<JsonNode> lines) {
        return lines.get(lines.size() - 1);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        var json = new ObjectMapper();
        return Files.readAllLines(file).stream()
                .map(line -> {
                    try {
                        return json.readTree(line);
                    } catch (IOException e) {
                        throw new IllegalStateException(line, e);
                    }
                })
                .toList();
    }
}
