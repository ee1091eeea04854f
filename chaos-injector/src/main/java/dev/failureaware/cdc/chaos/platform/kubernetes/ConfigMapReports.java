package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.ReportShelf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The last report in a ConfigMap. What would make it too large for the API server is left out. */
final class ConfigMapReports implements ReportShelf {
    /** The API server's limit is 1 MiB for the object with everything around the data. */
    static final int MAX_BYTES = 1_000_000;

    /** The page says little that the JSON does not. */
    private static final List<String> LEFT_OUT_FIRST = List.of("report.html", "report.json", "junit.xml");

    private final KeptData kept;

    ConfigMapReports(KeptData kept) {
        this.kept = kept;
    }

    @Override
    public void keep(Map<String, String> files) throws CallFailedException, InterruptedException {
        var fitting = fitting(files);
        kept.change(before -> fitting);
    }

    static Map<String, String> fitting(Map<String, String> files) {
        var fitting = new HashMap<>(files);
        for (var name : LEFT_OUT_FIRST) {
            if (fitting.values().stream().mapToInt(ConfigMapReports::bytes).sum() > MAX_BYTES) {
                fitting.remove(name);
            }
        }
        return fitting;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public Map<String, String> kept() throws CallFailedException, InterruptedException {
        return kept.read();
    }
}
