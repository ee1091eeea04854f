package dev.failureaware.cdc.sink.decode;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;

/**
 * Dates and timestamps as PostgreSQL reads them, from the numbers that Debezium sends.
 *
 * <p>PostgreSQL knows the years 4714 BC to 294276 (dates: to 5874897) and two infinities. What lies outside is either what an
 * infinity becomes on its way, or a number that overflowed. Each is told by its value, as measured with Debezium 3.7.
 */
final class PostgresTime {
    private static final String INFINITY = "infinity";
    private static final String MINUS_INFINITY = "-infinity";

    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR_OF_ERA, 4, 19, SignStyle.NEVER)
            .appendPattern("-MM-dd")
            .toFormatter();
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DATE)
            .appendPattern(" HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter();

    private static final long FIRST_DAY = LocalDate.of(-4713, 11, 24).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(5874897, 12, 31).toEpochDay();
    private static final long FIRST_MILLI = FIRST_DAY * 86_400_000;
    private static final long AFTER_LAST_MILLI = LocalDate.of(294277, 1, 1).toEpochDay() * 86_400_000;

    /** The days of the driver's infinities, cut to 32 bits, as a snapshot sends them; the worker's time zone moves them. */
    private static final long SNAPSHOT_INFINITY = -622_191_234;

    private static final long SNAPSHOT_MINUS_INFINITY = -625_821_272;
    private static final long ZONE_SLACK_DAYS = 2;

    private PostgresTime() {}

    static String date(long days) {
        if (days >= FIRST_DAY && days <= LAST_DAY) {
            var date = LocalDate.ofEpochDay(days);
            if (isPlain(date.getYear())) {
                return date.toString();
            }
            return DATE.format(date) + era(date);
        }
        if (days > LAST_DAY || Math.abs(days - SNAPSHOT_INFINITY) <= ZONE_SLACK_DAYS) {
            return INFINITY;
        }
        if (days < Integer.MIN_VALUE / 2 || Math.abs(days - SNAPSHOT_MINUS_INFINITY) <= ZONE_SLACK_DAYS) {
            return MINUS_INFINITY;
        }
        throw new IllegalArgumentException("day " + days + " is none that PostgreSQL knows");
    }

    static String timestampOfMillis(long millis) {
        if (millis >= AFTER_LAST_MILLI) {
            return INFINITY;
        }
        if (millis < FIRST_MILLI) {
            return MINUS_INFINITY;
        }
        return timestamp(Math.floorDiv(millis, 1_000L), (int) Math.floorMod(millis, 1_000L) * 1_000);
    }

    /**
     * The last 29 of PostgreSQL's years do not fit into 64 bits of microseconds: the connector's arithmetic ends at the largest
     * number, and runs over to the smallest ones when it then adds a fraction.
     */
    static String timestampOfMicros(long micros) {
        if (micros == Long.MAX_VALUE) {
            return INFINITY;
        }
        if (micros == Long.MIN_VALUE) {
            return MINUS_INFINITY;
        }
        if (micros < FIRST_MILLI * 1_000) {
            throw new IllegalArgumentException("a timestamp after 294247-01-10, which Debezium does not carry");
        }
        return ValueForm.timestamp(micros);
    }

    static String timestamptz(String iso) {
        if (iso.startsWith("+") || iso.startsWith("-") && !iso.equals(MINUS_INFINITY)) {
            var at = OffsetDateTime.parse(iso).withOffsetSameInstant(ZoneOffset.UTC);
            return TIMESTAMP.format(at) + "+00" + era(at.toLocalDate());
        }
        return iso;
    }

    static String timestamp(long seconds, int micros) {
        var at = LocalDateTime.ofEpochSecond(seconds, micros * 1_000, ZoneOffset.UTC);
        if (isPlain(at.getYear())) {
            return plain(at, micros);
        }
        return TIMESTAMP.format(at) + era(at.toLocalDate());
    }

    /** A year of four digits, as nearly all are: these are written without a formatter, which costs several times as much. */
    private static boolean isPlain(int year) {
        return year >= 1_000 && year <= 9_999;
    }

    private static String plain(LocalDateTime at, int micros) {
        var text = new StringBuilder(26).append(at.toLocalDate()).append(' ');
        twoDigits(text, at.getHour()).append(':');
        twoDigits(text, at.getMinute()).append(':');
        twoDigits(text, at.getSecond());
        if (micros > 0) {
            text.append('.');
            for (var rest = micros; rest > 0; rest = rest % 100_000 * 10) {
                text.append((char) ('0' + rest / 100_000));
            }
        }
        return text.toString();
    }

    private static StringBuilder twoDigits(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    /** Years before 1 are counted within their era, whose name comes last. */
    private static String era(LocalDate date) {
        return date.getYear() < 1 ? " BC" : "";
    }
}
