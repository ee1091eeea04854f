package dev.failureaware.cdc.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/**
 * What happens at the source: {@code events} changes of single rows, each of them one change event. The same numbers give the
 * same rows on every machine. The last ones insert rows with new keys, so that the end of a drain can be seen.
 */
enum Workload {
    /** Keys in random order, 1000 rows in a transaction. */
    INSERT_ONLY("new keys in random order, 1000 rows in a transaction") {
        @Override
        String changes(Table table, long events) {
            return inserts(table, 1, events);
        }
    },
    /** One row for each 25 events; of the updates, 80 % go to 1 % of the rows. */
    UPDATE_HEAVY(
            "one row per 25 events is inserted, then updated; 80 % of the updates hit 1 % of the rows; 100 in a transaction") {
        @Override
        String changes(Table table, long events) {
            var keys = Math.max(10, events / 25);
            var hot = Math.max(1, keys / 100);
            var closing = closing(events);
            return inserts(table, 1, keys)
                    + """
                    FOR g IN %d..%d LOOP
                        h := hashint8extended(g, 7) & 9223372036854775807;
                        k := CASE WHEN h %% 10 < 8 THEN (h / 10) %% %d + 1 ELSE (h / 10) %% %d + 1 END;
                        %s
                        IF g %% 100 = 0 THEN COMMIT; END IF;
                    END LOOP;
                    COMMIT;
                    """.formatted(keys + 1, events - closing, hot, keys, update(table))
                    + inserts(table, events - closing + 1, events);
        }
    },
    /** Of 100 events about 40 insert, 40 update and 20 delete; a key that is hit after its deletion is inserted again. */
    MIXED("40 % inserts, 40 % updates, 20 % deletes, deleted keys come back; 100 in a transaction") {
        @Override
        String changes(Table table, long events) {
            return """
                    FOR g IN 1..%d LOOP
                        h := hashint8extended(g, 7) & 9223372036854775807;
                        r := h %% 100;
                        IF n = 0 OR r < 40 OR g > %d THEN
                            n := n + 1;
                            k := n;
                            %4$s
                        ELSE
                            k := (h / 100) %% n + 1;
                            IF r < 80 THEN
                                %3$s
                            ELSE
                                DELETE FROM %5$s WHERE id = bench_key(k);
                            END IF;
                            IF NOT FOUND THEN
                                %4$s
                            END IF;
                        END IF;
                        IF g %% 100 = 0 THEN COMMIT; END IF;
                    END LOOP;
                    COMMIT;
                    """.formatted(
                            events,
                            events - closing(events),
                            update(table),
                            "INSERT INTO " + table.qualified() + " VALUES (" + row("k", "g") + ");",
                            table.qualified());
        }
    };

    /** Enough for each of a few partitions to end with one of them. */
    private static final int CLOSING = 64;

    /** For {@code bench_key} see the statement; run once in the source database. */
    static final String FUNCTIONS =
            "CREATE FUNCTION bench_key(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$SELECT md5('key ' || n)::uuid$$";

    private final String description;

    Workload(String description) {
        this.description = description;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String description() {
        return description;
    }

    boolean deletes() {
        return this == MIXED;
    }

    /** Statements of a procedure, with the variables k, n, h and r. */
    abstract String changes(Table table, long events);

    /** Makes the changes on an empty table; the connection must commit by itself. */
    void run(Connection source, Table table, long events) throws SQLException {
        try (var statement = source.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("DO $do$ DECLARE k bigint; n bigint := 0; h bigint; r bigint; BEGIN\n"
                    + changes(table, events) + "END $do$");
        }
    }

    private static long closing(long events) {
        return Math.min(CLOSING, events / 10);
    }

    private static String inserts(Table table, long first, long last) {
        return """
                FOR a IN %1$d..%2$d BY 1000 LOOP
                    INSERT INTO %3$s SELECT %4$s FROM generate_series(a, least(a + 999, %2$d::bigint)) AS g;
                    COMMIT;
                END LOOP;
                """.formatted(first, last, table.qualified(), row("g", "g"));
    }

    /** The values of the row with that key, written by that change. */
    static String row(String key, String change) {
        return ("bench_key(%k), %g, (hashint8extended(%g, 1) & 65535)::int, %status, %amount, %g % 3 = 0,"
                        + " timestamptz '2026-01-01 00:00:00Z' + %g * interval '1.000001 s',"
                        + " 'change ' || %g || ' ' || md5(%g::text)")
                .replace("%status", STATUS)
                .replace("%amount", AMOUNT)
                .replace("%k", key)
                .replace("%g", change);
    }

    private static final String STATUS = "(ARRAY['new', 'paid', 'sent', 'done'])[1 + abs(%g % 4)]";
    private static final String AMOUNT = "(hashint8extended(%g, 2) & 1048575)";

    private static String update(Table table) {
        return "UPDATE %s SET seq = g, status = %s, amount = %s, note = 'change ' || g WHERE id = bench_key(k);"
                .formatted(table.qualified(), STATUS.replace("%g", "g"), AMOUNT.replace("%g", "g"));
    }
}
