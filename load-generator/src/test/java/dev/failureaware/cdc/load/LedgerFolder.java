package dev.failureaware.cdc.load;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** A new ledger for each application, as each has a new database. */
public class LedgerFolder implements QuarkusTestResourceLifecycleManager {
    @Override
    public Map<String, String> start() {
        try {
            var folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "test-ledgers")), "run");
            return Map.of("load.ledger", folder.resolve("ledger.ndjson").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {}

    /** The ledger of the running application. */
    static LedgerCheck ledger() {
        return LedgerCheck.of(ConfigProvider.getConfig().getValue("load.ledger", Path.class));
    }
}
