package dev.failureaware.cdc.chaos;

import jakarta.inject.Provider;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Lets nobody break anything without the token. Where none is configured, nobody may. */
class TokenFilter {
    private final Provider<Optional<String>> token;

    /** @param token asked for at each call: a filter is made before the configuration of the running service is there */
    TokenFilter(@ConfigProperty(name = "cdc.api-token") Provider<Optional<String>> token) {
        this.token = token;
    }

    @ServerRequestFilter
    Optional<Response> check(ContainerRequestContext request) {
        if (request.getMethod().equals(HttpMethod.GET) || request.getMethod().equals(HttpMethod.HEAD)) {
            return Optional.empty();
        }
        var given = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        var expected = token.get();
        if (expected.isPresent() && given != null && same("Bearer " + expected.get(), given)) {
            return Optional.empty();
        }
        return Optional.of(Response.status(Response.Status.UNAUTHORIZED)
                .type(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .entity(Map.of("error", "this needs the header Authorization: Bearer <token>"))
                .build());
    }

    /** Takes the same time wherever they differ. */
    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
