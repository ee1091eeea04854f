package dev.failureaware.cdc.verifier;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The verifier over HTTP. A verdict is an answer and no error: whatever it is, the status is 200. */
@Path("/")
public class VerifierResource {
    private static final Duration LAG_LIMIT = Duration.ofSeconds(10);
    private static final String TEXT = MediaType.TEXT_PLAIN + ";charset=UTF-8";

    private final Verifications verifications;
    private final History history;
    private final LagMeter lag;
    private final ApiToken token;

    VerifierResource(Verifications verifications, History history, LagMeter lag, ApiToken token) {
        this.verifications = verifications;
        this.history = history;
        this.lag = lag;
        this.token = token;
    }

    /** Text for people; JSON for whoever asks for it. */
    @GET
    @Path("report")
    @Produces({MediaType.TEXT_PLAIN, MediaType.APPLICATION_JSON})
    public Response report(@Context HttpHeaders headers) {
        var report = verifications.last();
        return wantsJson(headers)
                ? Response.ok(report, MediaType.APPLICATION_JSON).build()
                : Response.ok(TextReport.of(report), TEXT).build();
    }

    private static boolean wantsJson(HttpHeaders headers) {
        for (var type : headers.getAcceptableMediaTypes()) {
            if (!type.isWildcardSubtype() && type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return true;
            }
            if (type.isCompatible(MediaType.TEXT_PLAIN_TYPE)) {
                return false;
            }
        }
        return false;
    }

    /** JSON, unless text is asked for by name. */
    @POST
    @Path("verify")
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
    public Response verify(
            @Context HttpHeaders headers,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @QueryParam("timeout") String timeout) {
        if (!token.isIn(authorization)) {
            return error(401, "this needs the header 'Authorization: Bearer <token>'");
        }
        Duration limit;
        try {
            limit = timeout == null ? Duration.ofSeconds(60) : Timeouts.parse(timeout);
        } catch (IllegalArgumentException e) {
            return error(400, e.getMessage());
        }
        var report = verifications.now(limit);
        return wantsText(headers)
                ? Response.ok(TextReport.of(report), TEXT).build()
                : Response.ok(report, MediaType.APPLICATION_JSON).build();
    }

    private static boolean wantsText(HttpHeaders headers) {
        return headers.getAcceptableMediaTypes().stream()
                .anyMatch(type -> !type.isWildcardSubtype() && type.isCompatible(MediaType.TEXT_PLAIN_TYPE));
    }

    @GET
    @Path("history")
    @Produces(MediaType.APPLICATION_JSON)
    public List<History.Entry> history() {
        return history.all();
    }

    @GET
    @Path("lag")
    @Produces(MediaType.APPLICATION_JSON)
    public Response lag() {
        try {
            return Response.ok(lag.measure(Deadline.in(LAG_LIMIT)), MediaType.APPLICATION_JSON)
                    .build();
        } catch (CheckImpossible e) {
            return error(503, e.getMessage());
        }
    }

    @GET
    @Path("health")
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, String> health() {
        return Map.of("status", "UP");
    }

    private static Response error(int status, String message) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .entity(Map.of("error", message))
                .build();
    }
}
