package dev.failureaware.cdc.chaos.platform;

import java.util.Map;

/** Where a run's report is kept beyond this injector's life and disk. */
public interface ReportShelf {
    /** For a platform whose report folder is lasting. */
    ReportShelf NONE = new ReportShelf() {
        @Override
        public void keep(Map<String, String> files) {}

        @Override
        public Map<String, String> kept() {
            return Map.of();
        }
    };

    /** @param files text by name: report.json, report.html, junit.xml */
    void keep(Map<String, String> files) throws CallFailedException, InterruptedException;

    /** Empty when there is none. */
    Map<String, String> kept() throws CallFailedException, InterruptedException;
}
