package dev.failureaware.cdc.sink.apply;

/** What the sink does when the source's schema changes in a way that it cannot follow without a decision. */
public record SchemaPolicy(MissingTable missingTable, OnChange drop, OnChange rename, OnChange narrowing) {
    public enum MissingTable {
        CREATE,
        /** The tables are somebody else's work: without one, its events wait. */
        EXPECT
    }

    public enum OnChange {
        /** The sink's table follows. */
        APPLY,
        /** The sink's column stays as it is. */
        KEEP,
        /** The table's events wait, from the first one after the change; other tables go on. */
        STOP_TABLE
    }
}
