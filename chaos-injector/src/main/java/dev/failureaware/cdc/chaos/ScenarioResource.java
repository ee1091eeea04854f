package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.failureaware.cdc.chaos.Injector.BusyException;
import dev.failureaware.cdc.chaos.Injector.ImpossibleException;
import dev.failureaware.cdc.chaos.Injector.NotLeadingException;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
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
import java.io.InputStream;
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

    /**
     * Null parts are not known, or have not happened yet.
     *
     * @param underWay the failure that is injected and has no outcome yet
     * @param leader whether this injector may run anything; if not, leaderName is who may, as far as known
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record View(
            Scenario scenario,
            RunState state,
            boolean leader,
            String leaderName,
            String run,
            OutcomeVerdict verdict,
            Instant startedAt,
            Instant finishedAt,
            Now now,
            Attempt.UnderWay underWay,
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
                        snapshot.leader(),
                        snapshot.leaderName(),
                        snapshot.run(),
                        snapshot.verdict(),
                        snapshot.startedAt(),
                        snapshot.finishedAt(),
                        now,
                        snapshot.underWay(),
                        snapshot.outcomes(),
                        problems))
                .build();
    }

    /** What a scenario file may hold. */
    @GET
    @Path("scenario.schema.json")
    @Produces("application/schema+json")
    public InputStream schema() {
        return getClass().getResourceAsStream("/scenario.schema.json");
    }

    /**
     * @param body a scenario; without one, the configured file is run
     * @param dryRun only says what would be done
     */
    @POST
    @Path("scenario/run")
    public Response run(String body, @QueryParam("dry-run") boolean dryRun) throws InterruptedException {
        try {
            var given = body != null && !body.isBlank();
            var reading = given ? ScenarioReader.read("request body", body) : ScenarioReader.read(config.scenario());
            return dryRun ? planned(reading.scenario()) : started(reading.scenario(), reading.warnings());
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
    public Response trigger(@PathParam("type") String name, @QueryParam("dry-run") boolean dryRun)
            throws InterruptedException {
        var type = FaultType.of(name);
        if (type.isEmpty()) {
            return error(404, "there is no failure " + name + "; allowed: " + FaultType.allowed(), List.of());
        }
        var id = "trigger-" + name;
        var failures = List.of(Scenario.Failure.of(id, type.get()));
        var scenario = new Scenario(id, "Trigger " + name, "", "", failures, verification());
        return dryRun ? planned(scenario) : started(scenario, List.of());
    }

    @GET
    @Path("events")
    public List<EventLog.Event> events(@QueryParam("after") @DefaultValue("0") long after) {
        return injector.events().after(after);
    }

    /** The forms of a report. */
    enum Format {
        JSON("report.json", MediaType.APPLICATION_JSON),
        HTML("report.html", MediaType.TEXT_HTML + ";charset=UTF-8"),
        JUNIT("junit.xml", MediaType.APPLICATION_XML);

        private final String file;
        private final String type;

        Format(String file, String type) {
            this.file = file;
            this.type = type;
        }
    }

    /** Of the last run. @param name json, html or junit */
    @GET
    @Path("report")
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_HTML, MediaType.APPLICATION_XML})
    public Response report(@QueryParam("format") @DefaultValue("json") String name) throws InterruptedException {
        for (var format : Format.values()) {
            if (format.name().equalsIgnoreCase(name)) {
                return report(format);
            }
        }
        return error(400, "there is no format " + name + "; allowed: json, html, junit", List.of());
    }

    private Response report(Format format) throws InterruptedException {
        try {
            return injector.report(format.file)
                    .map(text -> Response.ok(text, format.type).build())
                    .orElseGet(() ->
                            error(404, "no run has ended yet, or its report was too large to be kept", List.of()));
        } catch (CallFailedException e) {
            return error(503, e.getMessage(), List.of());
        }
    }

    private Scenario.Verification verification() {
        try {
            return ScenarioReader.read(config.scenario()).scenario().verification();
        } catch (ScenarioException e) {
            return Scenario.Verification.byDefault();
        }
    }

    private Response planned(Scenario scenario) throws InterruptedException {
        try {
            return Response.ok(injector.plan(scenario)).build();
        } catch (CallFailedException e) {
            return error(503, e.getMessage(), List.of());
        }
    }

    private Response started(Scenario scenario, List<Problem> warnings) throws InterruptedException {
        try {
            return Response.accepted(new Started(injector.run(scenario), warnings))
                    .build();
        } catch (BusyException | NotLeadingException e) {
            return error(409, e.getMessage(), List.of());
        } catch (ImpossibleException e) {
            return refused(422, new Refusal(e.getMessage(), List.of(), e.lacking()));
        } catch (CallFailedException e) {
            return error(503, e.getMessage(), List.of());
        }
    }

    record Started(String run, List<Problem> warnings) {}

    /**
     * @param problems what is wrong with the scenario
     * @param lacking what the platform does not give
     */
    record Refusal(String error, List<Problem> problems, List<String> lacking) {}

    private static Response error(int status, String message, List<Problem> problems) {
        return refused(status, new Refusal(message, problems, List.of()));
    }

    private static Response refused(int status, Refusal refusal) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .entity(refusal)
                .build();
    }
}
