package dev.failureaware.cdc.sink;

import jakarta.inject.Provider;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Without a token of our own nobody is let in. */
@jakarta.ws.rs.ext.Provider
@TokenNeeded
class TokenFilter implements ContainerRequestFilter {
    private final Provider<Optional<String>> token;

    /** @param token asked for at each call: a filter is made before the configuration of the running service is there */
    TokenFilter(@ConfigProperty(name = "cdc.api-token") Provider<Optional<String>> token) {
        this.token = token;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        var given = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        var expected = token.get();
        if (expected.isEmpty() || given == null || !isEqual("Bearer " + expected.get(), given)) {
            request.abortWith(Response.status(Response.Status.UNAUTHORIZED)
                    .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(Map.of("error", "this needs the header Authorization: Bearer <token>"))
                    .build());
        }
    }

    /** In constant time, so that the time of the answer tells nothing about the token. */
    private static boolean isEqual(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
