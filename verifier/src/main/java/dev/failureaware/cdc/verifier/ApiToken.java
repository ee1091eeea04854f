package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The secret that callers of endpoints must show which make the service work. */
@ApplicationScoped
class ApiToken {
    private final Optional<String> token;

    ApiToken(@ConfigProperty(name = "cdc.api-token") Optional<String> token) {
        this.token = token;
    }

    /** What this service shows where it calls another one of the pipeline. */
    Optional<String> header() {
        return token.map(secret -> "Bearer " + secret);
    }

    /** Without a token of our own nobody is let in. Takes the same time whatever is wrong. */
    boolean isIn(String authorization) {
        return token.isPresent()
                && authorization != null
                && MessageDigest.isEqual(
                        ("Bearer " + token.get()).getBytes(StandardCharsets.UTF_8),
                        authorization.getBytes(StandardCharsets.UTF_8));
    }
}
