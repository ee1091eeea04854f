package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementSplitterTest {
    private final StatementSplitter splitter = new StatementSplitter();

    @Test
    void statementsEndAtSemicolons() {
        assertThat(splitter.add("SELECT 1; SELECT 2;\n")).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void aStatementMayGoOverSeveralLines() {
        splitter.add("SELECT 1,\n");

        assertThat(splitter.add("2;\n")).containsExactly("SELECT 1,\n2");
    }

    @Test
    void semicolonsInQuotesAndCommentsDoNotEndIt() {
        var text = "SELECT ';' AS \"a;b\" /* ; */ -- ;\n, $x$ ; $x$;";

        assertThat(splitter.add(text)).containsExactly(text.substring(0, text.length() - 1));
    }

    @Test
    void aDoubledQuoteStaysInside() {
        assertThat(splitter.add("SELECT 'it''s; fine';")).containsExactly("SELECT 'it''s; fine'");
    }

    @Test
    void anUnfinishedQuoteWaitsForMoreText() {
        assertThat(splitter.add("SELECT 'a;\n")).isEmpty();
        assertThat(splitter.add("b';\n")).containsExactly("SELECT 'a;\nb'");
    }

    @Test
    void theEndOfTheInputEndsTheLastStatement() {
        splitter.add("SELECT 1\n");

        assertThat(splitter.rest()).isEqualTo("SELECT 1");
    }
}
