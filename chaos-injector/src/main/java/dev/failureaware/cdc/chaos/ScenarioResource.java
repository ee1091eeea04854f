package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.failureaware.cdc.chaos.Injector.BusyException;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Starts, stops and watches runs. What changes something asks for the token: see {@link TokenFilter}. */
@Path("/")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ScenarioResource {
    private final Injector injector;
    private final InjectorConfig config;

    ScenarioResource(Injector injector, InjectorConfig config) {
        this.injector = injector;
        this.config = config;
    }

    /** Null parts are not known, or have not happened yet. */
    @JsonNaming(SnakeCaseStrategy.class)
    record View(
            Scenario scenario,
            RunState state,
            String run,
            OutcomeVerdict verdict,
            Instant startedAt,
            Instant finishedAt,
            Now now,
            List<Outcome> failures,
            List<Problem> problems) {}

    record Now(String failure, Phase phase) {}

    /** The scenario of the present or last run; before any, that of the file, or what is wrong with it. */
    @GET
    @Path("scenario")
    public Response scenario() {
        var snapshot = injector.snapshot();
        var scenario = snapshot.scenario().orElse(null);
        List<Problem> problems = List.of();
        if (scenario == null) {
            try {
                scenario = ScenarioReader.read(config.scenario()).scenario();
            } catch (ScenarioException e) {
                problems = e.problems();
            }
        }
        var now = injector.events()
                .last()
                .map(event -> new Now(event.failure(), event.phase()))
                .orElse(null);
        return Response.ok(new View(
                        scenario,
                        snapshot.state(),
                        snapshot.run(),
                        snapshot.verdict(),
                        snapshot.startedAt(),
                        snapshot.finishedAt(),
                        now,
                        snapshot.outcomes(),
                        problems))
                .build();
    }

    /** @param body a scenario; without one, the configured file is run */
    @POST
    @Path("scenario/run")
    public Response run(String body) {
        try {
            var given = body != null && !body.isBlank();
            var reading = given ? ScenarioReader.read("request body", body) : ScenarioReader.read(config.scenario());
            return started(reading.scenario(), reading.warnings());
        } catch (ScenarioException e) {
            return error(400, e.getMessage(), e.problems());
        }
    }

    @POST
    @Path("scenario/abort")
    public Response abort() {
        return injector.abort()
                ? Response.accepted(Map.of("aborting", true)).build()
                : error(409, "nothing is running that could be aborted", List.of());
    }

    /** A scenario of this failure alone, at once; judged as the configured scenario is. */
    @POST
    @Path("trigger/{type}")
    public Response trigger(@PathParam("type") String name) {
        var type = FaultType.of(name);
        if (type.isEmpty()) {
            return error(404, "there is no failure " + name + "; allowed: " + FaultType.allowed(), List.of());
        }
        var id = "trigger-" + name;
        var failures = List.of(Scenario.Failure.of(id, type.get()));
        return started(new Scenario(id, "Trigger " + name, "", "", failures, verification()), List.of());
    }

    @GET
    @Path("events")
    public List<EventLog.Event> events(@QueryParam("after") @DefaultValue("0") long after) {
        return injector.events().after(after);
    }

    @GET
    @Path("report")
    public Response report() {
        return injector.report()
                .map(report -> Response.ok(report).build())
                .orElseGet(() -> error(404, "no run has ended since the injector was started", List.of()));
    }

    private Scenario.Verification verification() {
        try {
            return ScenarioReader.read(config.scenario()).scenario().verification();
        } catch (ScenarioException e) {
            return Scenario.Verification.byDefault();
        }
    }

    private Response started(Scenario scenario, List<Problem> warnings) {
        try {
            return Response.accepted(new Started(injector.run(scenario), warnings))
                    .build();
        } catch (BusyException e) {
            return error(409, e.getMessage(), List.of());
        }
    }

    record Started(String run, List<Problem> warnings) {}

    record Refusal(String error, List<Problem> problems) {}

    private static Response error(int status, String message, List<Problem> problems) {
        return Response.status(status).entity(new Refusal(message, problems)).build();
    }
}
