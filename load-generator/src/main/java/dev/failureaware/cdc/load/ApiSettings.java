package dev.failureaware.cdc.load;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

@ConfigMapping(prefix = "cdc")
interface ApiSettings {
    /** What callers must present to change anything; while it is not set nobody can. */
    Optional<String> apiToken();
}
