package dev.failureaware.cdc.verifier;

import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** The dashboard's data, and what it lets a person with the token do. */
@Path("/")
public class LiveResource {
    private static final Duration VERIFY_LIMIT = Duration.ofSeconds(60);

    private final LiveView live;
    private final Verifications verifications;
    private final InjectorCalls injector;
    private final ApiToken token;

    LiveResource(LiveView live, Verifications verifications, InjectorCalls injector, ApiToken token) {
        this.live = live;
        this.verifications = verifications;
        this.injector = injector;
        this.token = token;
    }

    /** {@link Live} messages, about one a second. */
    @GET
    @Path("live")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    public Multi<Live> live() {
        return live.stream();
    }

    /** How it stands now, without what came before. */
    @GET
    @Path("situation")
    @Produces(MediaType.APPLICATION_JSON)
    public Response situation() {
        return live.now()
                .map(now -> Response.ok(now).build())
                .orElseGet(() -> answer(503, "error", "the verifier has not looked yet"));
    }

    /** Tells only whether the token is right. */
    @POST
    @Path("actions/unlock")
    @Produces(MediaType.APPLICATION_JSON)
    public Response unlock(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization) {
        return token.isIn(authorization) ? done("unlocked") : refused();
    }

    @POST
    @Path("actions/verify")
    @Produces(MediaType.APPLICATION_JSON)
    public Response verify(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization) {
        if (!token.isIn(authorization)) {
            return refused();
        }
        var report = verifications.now(VERIFY_LIMIT);
        return done(report.status() + (report.reason() == null ? "" : ": " + report.reason()));
    }

    /** The scenario that the injector is configured with. */
    @POST
    @Path("actions/run")
    @Produces(MediaType.APPLICATION_JSON)
    public Response run(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization) throws InterruptedException {
        return passedOn("/scenario/run", authorization);
    }

    @POST
    @Path("actions/abort")
    @Produces(MediaType.APPLICATION_JSON)
    public Response abort(@HeaderParam(HttpHeaders.AUTHORIZATION) String authorization) throws InterruptedException {
        return passedOn("/scenario/abort", authorization);
    }

    @POST
    @Path("actions/trigger/{type:[a-z]+}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response trigger(
            @PathParam("type") String type, @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization)
            throws InterruptedException {
        return passedOn("/trigger/" + type, authorization);
    }

    private Response passedOn(String path, String authorization) throws InterruptedException {
        if (!token.isIn(authorization)) {
            return refused();
        }
        if (!injector.known()) {
            return answer(409, "error", "this verifier has no chaos-injector: VERIFIER_INJECTOR_URL is not set");
        }
        try {
            var answer = injector.act(path, authorization);
            return answer.status() / 100 == 2
                    ? done("accepted")
                    : answer(
                            answer.status(),
                            "error",
                            answer.body() == null
                                    ? "the chaos-injector answers HTTP " + answer.status()
                                    : answer.body().path("error").asText("HTTP " + answer.status()));
        } catch (IOException e) {
            return answer(503, "error", "the chaos-injector does not answer");
        }
    }

    private static Response done(String words) {
        return answer(200, "done", words);
    }

    private static Response refused() {
        return answer(401, "error", "this is not the token");
    }

    private static Response answer(int status, String name, String words) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .entity(Map.of(name, words))
                .build();
    }
}
