package dev.failureaware.cdc.load;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

@jakarta.ws.rs.ext.Provider
@TokenNeeded
class TokenFilter implements ContainerRequestFilter {
    private static final String SCHEME = "Bearer ";

    private final Provider<ApiSettings> settings;

    /** Filters are made while the application is built, when there are no settings yet. */
    @Inject
    TokenFilter(Provider<ApiSettings> settings) {
        this.settings = settings;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        var header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
        var right = header != null
                && header.startsWith(SCHEME)
                && settings.get()
                        .apiToken()
                        .filter(token -> isEqual(token, header.substring(SCHEME.length())))
                        .isPresent();
        if (!right) {
            request.abortWith(Response.status(Response.Status.UNAUTHORIZED)
                    .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(Map.of("error", "this endpoint needs the API token: Authorization: Bearer <token>"))
                    .build());
        }
    }

    /** In constant time, so that the time of the answer tells nothing about the token. */
    private static boolean isEqual(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
