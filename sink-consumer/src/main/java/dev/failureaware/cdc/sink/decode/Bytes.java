package dev.failureaware.cdc.sink.decode;

import java.util.Arrays;

/** Looks at JSON where it is known what comes. Places are given and told as indexes; -1 for something else than expected. */
final class Bytes {
    private Bytes() {}

    static boolean isDigit(byte letter) {
        return letter >= '0' && letter <= '9';
    }

    /** Behind these bytes, where they stand at this place. */
    static int past(byte[] expected, byte[] bytes, int at, int end) {
        var stop = at + expected.length;
        return stop <= end && Arrays.equals(bytes, at, stop, expected, 0, expected.length) ? stop : -1;
    }

    /** Behind the digits of a number as JSON has it. */
    static int pastDigits(byte[] bytes, int at, int end) {
        var stop = at;
        while (stop < end && isDigit(bytes[stop])) {
            stop++;
        }
        return stop == at || bytes[at] == '0' && stop > at + 1 ? -1 : stop;
    }

    /** Of at most 18 digits. */
    static long number(byte[] bytes, int at, int stop) {
        var number = 0L;
        for (var i = at; i < stop; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }
}
