package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The port of each listener, chosen once per start and kept for every restart of its process.
 *
 * @param moved one line for each port that is not the one asked for, with the reason
 */
record Ports(Map<Port, Integer> numbers, List<String> moved) {
    private static final int LOWEST = 1;
    private static final int HIGHEST = 65535;

    int of(Port port) {
        return numbers.get(port);
    }

    String address(Port port) {
        return Port.HOST + ":" + of(port);
    }

    String url(Port port) {
        return "http://" + address(port);
    }

    /** The ports asked for; a value that cannot be a port is refused. */
    static Map<Port, Integer> wanted(Map<String, String> environment) {
        var wanted = new EnumMap<Port, Integer>(Port.class);
        for (var port : Port.values()) {
            var value = environment.getOrDefault(port.variable(), "");
            wanted.put(port, value.isBlank() ? port.usual() : parse(port.variable(), value.strip()));
        }
        return wanted;
    }

    private static int parse(String variable, String value) {
        try {
            var number = Integer.parseInt(value);
            if (number >= LOWEST && number <= HIGHEST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, like a number out of range
        }
        throw StackException.badInput(
                "%s=%s is no port; allowed: a number from %d to %d".formatted(variable, value, LOWEST, HIGHEST));
    }

    /** Every listener that can have its wish gets it; the others take the next free port that nobody else wished for. */
    static Ports choose(Map<Port, Integer> wanted, IntPredicate free) {
        var numbers = new EnumMap<Port, Integer>(Port.class);
        var taken = new HashSet<Integer>();
        for (var port : Port.values()) {
            var wish = wanted.get(port);
            if (!taken.contains(wish) && free.test(wish)) {
                numbers.put(port, wish);
                taken.add(wish);
            }
        }
        var reserved = new HashSet<>(wanted.values());
        var moved = new ArrayList<String>();
        for (var port : Port.values()) {
            if (numbers.containsKey(port)) {
                continue;
            }
            var wish = wanted.get(port);
            var number = nextFree(port, wish, candidate -> !reserved.contains(candidate) && free.test(candidate));
            reserved.add(number);
            numbers.put(port, number);
            moved.add("port %d (%s) is busy, %s takes %d".formatted(wish, port.variable(), port.label(), number));
        }
        return new Ports(numbers, List.copyOf(moved));
    }

    private static int nextFree(Port port, int wish, IntPredicate free) {
        for (var number = wish + 1; number <= HIGHEST; number++) {
            if (free.test(number)) {
                return number;
            }
        }
        throw StackException.notStarted(
                "no free port above %d for %s; set %s".formatted(wish, port.label(), port.variable()));
    }

    /** Whether this machine lets us listen there now. */
    static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            // As the servers do: connections of an earlier life in TIME_WAIT do not count as busy.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            return false;
        }
        return true;
    }
}
