package dev.failureaware.cdc.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of Java processes, on the JDK that runs this one. */
final class Jvm {
    private Jvm() {}

    static String program() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static List<String> command(Layout layout, int heapMegabytes, List<String> arguments) {
        return command(options(layout, heapMegabytes), arguments);
    }

    static List<String> command(List<String> options, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(program());
        command.addAll(options);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /**
     * Small and quick to start: the serial collector has no threads or tables of its own, and the first compiler alone makes
     * the start about a third shorter on two cores.
     */
    static List<String> options(Layout layout, int heapMegabytes) {
        return List.of(
                "-Xmx" + heapMegabytes + "m",
                "-Xms32m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+PerfDisableSharedMem",
                "-Djava.io.tmpdir=" + layout.temporary(),
                "-Dfile.encoding=UTF-8");
    }
}
