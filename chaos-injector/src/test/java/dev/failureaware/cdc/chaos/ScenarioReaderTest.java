package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioReaderTest {
    private static final String TYPES = "one of restart, lag, schema, duplicate, backfill";
    private static final String CHECKS = "one of row_count_match, data_integrity, no_orphans, schema_compatibility";

    @Test
    void the_canonical_file_is_due_every_thirty_seconds() throws ScenarioException {
        var reading = ScenarioReader.read(Path.of("..", "scenario.json"));

        var scenario = reading.scenario();
        assertThat(reading.warnings()).isEmpty();
        assertThat(scenario.failures())
                .extracting(Scenario.Failure::type)
                .containsExactly(
                        FaultType.RESTART, FaultType.LAG, FaultType.SCHEMA, FaultType.DUPLICATE, FaultType.BACKFILL);
        assertThat(scenario.failures()).extracting(Scenario.Failure::delay).containsOnly(Duration.ofSeconds(30));
        assertThat(scenario.verification().tolerance()).isEqualTo(Duration.ofSeconds(30));
        assertThat(scenario.verification().tables()).containsExactly("customers", "orders", "order_items");
        assertThat(scenario.verification().checks())
                .extracting(Scenario.Check::name)
                .containsExactlyElementsOf(Scenario.Check.NAMES);
    }

    @Test
    void what_is_left_out_has_its_default() throws ScenarioException {
        var scenario = read("{'id':'x','failures':[{'id':'a','type':'lag'}]}").scenario();

        var failure = scenario.failures().get(0);
        assertThat(scenario.name()).isEqualTo("x");
        assertThat(failure.delay()).isZero();
        assertThat(failure.hold()).isEqualTo(Duration.ofSeconds(20));
        assertThat(failure.rows()).isEqualTo(20);
        assertThat(failure.column()).isEqualTo("tier");
        assertThat(scenario.verification()).isEqualTo(Scenario.Verification.byDefault());
    }

    @Test
    void parameters_may_stand_beside_the_other_fields_or_in_an_object_of_their_own() throws ScenarioException {
        var scenario = read("{'id':'x','version':2,'failures':[{'id':'a','type':'lag','duration_seconds':1.5},"
                        + "{'id':'b','type':'backfill','parameters':{'rows':7}}]}")
                .scenario();

        assertThat(scenario.version()).isEqualTo("2");
        assertThat(scenario.failures().get(0).hold()).isEqualTo(Duration.ofMillis(1500));
        assertThat(scenario.failures().get(1).rows()).isEqualTo(7);
    }

    @Test
    void a_field_that_nobody_knows_is_a_warning() throws ScenarioException {
        var reading = read("{'id':'x','author':'me','failures':[{'id':'a','type':'lag','retries':3}]}");

        assertThat(reading.warnings()).extracting(Problem::path).containsExactly("author", "failures[0].retries");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'failures':[F]}                                        | id                            | missing  | a text that is not empty
            {'id':'','failures':[F]}                                | id                            | ''       | a text that is not empty
            {'id':'x'}                                              | failures                      | missing  | a list of at least one failure
            {'id':'x','failures':[]}                                | failures                      | []       | a list of at least one failure
            {'id':'x','failures':{}}                                | failures                      | {}       | a list of at least one failure
            {'id':'x','failures':[3]}                               | failures[0]                   | 3        | an object with id and type
            {'id':'x','name':4,'failures':[F]}                      | name                          | 4        | a text
            {'id':'x','failures':[{'type':'lag'}]}                  | failures[0].id                | missing  | a text that is not empty
            {'id':'x','failures':[{'id':'a'}]}                      | failures[0].type              | missing  | TYPES
            {'id':'x','failures':[F,{'id':'b','type':'Lag'}]}       | failures[1].type              | 'Lag'    | TYPES
            {'id':'x','failures':[F,F]}                             | failures[1].id                | 'a'      | an id of its own; failures[0].id is the same
            {'id':'x','failures':[{B,'delay_seconds':-1}]}          | failures[0].delay_seconds     | -1       | a number of seconds from 0 to 86400
            {'id':'x','failures':[{B,'delay_seconds':'30'}]}        | failures[0].delay_seconds     | '30'     | a number of seconds from 0 to 86400
            {'id':'x','failures':[{B,'delay_seconds':1e9}]}         | failures[0].delay_seconds     | 1.0E9    | a number of seconds from 0 to 86400
            {'id':'x','failures':[{B,'duration_seconds':0}]}        | failures[0].duration_seconds  | 0        | a number of seconds from 0.001 to 3600
            {'id':'x','failures':[{B,'rows':0}]}                    | failures[0].rows              | 0        | a whole number from 1 to 10000
            {'id':'x','failures':[{B,'rows':1.5}]}                  | failures[0].rows              | 1.5      | a whole number from 1 to 10000
            {'id':'x','failures':[{B,'parameters':[]}]}             | failures[0].parameters        | []       | an object
            {'id':'x','failures':[{B,'parameters':{'rows':-2}}]}    | failures[0].parameters.rows   | -2       | a whole number from 1 to 10000
            {'id':'x','failures':[F],'verification':3}              | verification                  | 3        | an object with tables, tolerance_seconds and checks
            {'id':'x','failures':[F],'verification':{'tables':['a b']}}          | verification.tables[0]         | 'a b' | a table as name or schema.name
            {'id':'x','failures':[F],'verification':{'tables':['a.b.c']}}        | verification.tables[0]         | 'a.b.c' | a table as name or schema.name
            {'id':'x','failures':[F],'verification':{'tables':[]}}               | verification.tables            | []    | a list of at least one table name
            {'id':'x','failures':[F],'verification':{'tolerance_seconds':0}}     | verification.tolerance_seconds | 0     | a number of seconds from 0.001 to 3600
            {'id':'x','failures':[F],'verification':{'comparison_mode':''}}      | verification.comparison_mode   | ''    | a text that is not empty
            {'id':'x','failures':[F],'verification':{'checks':[{'name':'luck'}]}} | verification.checks[0].name   | 'luck' | CHECKS
            {'id':'x','failures':[F],'verification':{'checks':['luck']}}         | verification.checks[0]         | 'luck' | an object with a name, CHECKS
            """)
    void a_wrong_value_is_named_with_its_place_and_what_is_allowed(
            String json, String path, String value, String allowed) {
        var text = json.replace("F", "{B}").replace("B", "'id':'a','type':'lag'");

        var refused = catchThrowableOfType(ScenarioException.class, () -> read(text));

        assertThat(refused.problems())
                .containsExactly(new Problem(
                        "test.json",
                        path,
                        value.replace('\'', '"'),
                        allowed.replace("TYPES", TYPES).replace("CHECKS", CHECKS)));
    }

    @ParameterizedTest
    @CsvSource({"Tier", "1st", "_cdc_lsn", "a-b", "''"})
    void a_column_must_be_a_plain_name(String column) {
        assertThatThrownBy(() ->
                        read("{'id':'x','failures':[{'id':'a','type':'schema','column':'%s'}]}".formatted(column)))
                .hasMessageContaining("failures[0].column");
    }

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        assertThatThrownBy(() -> read("{'failures':[{'id':'a','type':'meteor','delay_seconds':-3}]}"))
                .hasMessage("""
                        test.json: id: missing; allowed: a text that is not empty
                        test.json: failures[0].type: "meteor"; allowed: %s
                        test.json: failures[0].delay_seconds: -3; allowed: a number of seconds from 0 to 86400""".formatted(TYPES));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"id":}                 | line 1, column 7
            {"id":"x" "name":"y"}   | line 1, column 11
            {"id":"x"} extra        | line 1, column 12
            {"id":"x","id":"y"}     | line 1, column 16
            """)
    void text_that_is_no_json_is_named_with_line_and_column(String text, String place) {
        var refused = catchThrowableOfType(ScenarioException.class, () -> ScenarioReader.read("test.json", text));

        assertThat(refused.problems()).singleElement().extracting(Problem::path).isEqualTo(place);
    }

    @ParameterizedTest
    @CsvSource({"'',empty", "[],[]", "3,3"})
    void text_that_is_no_object_is_refused(String text, String value) {
        var refused = catchThrowableOfType(ScenarioException.class, () -> ScenarioReader.read("test.json", text));

        assertThat(refused.problems()).extracting(Problem::value).isEqualTo(List.of(value));
    }

    @Test
    void a_file_that_cannot_be_read_is_named(@TempDir Path folder) throws IOException {
        var binary = Files.write(folder.resolve("binary.json"), new byte[] {(byte) 0xC3, 0x28});

        assertThatThrownBy(() -> ScenarioReader.read(folder)).hasMessageContaining(folder + ": a folder");
        assertThatThrownBy(() -> ScenarioReader.read(folder.resolve("none.json")))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> ScenarioReader.read(binary)).hasMessageContaining("not UTF-8");
    }

    private static ScenarioReader.Reading read(String json) throws ScenarioException {
        return ScenarioReader.read("test.json", json.replace('\'', '"'));
    }
}
