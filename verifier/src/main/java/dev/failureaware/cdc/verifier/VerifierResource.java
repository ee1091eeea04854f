package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** The verifier over HTTP. A verdict is an answer and no error: whatever it is, the status is 200. */
@Path("/")
public class VerifierResource {
    private static final Duration LAG_LIMIT = Duration.ofSeconds(10);
    private static final Duration TRACE_LIMIT = Duration.ofSeconds(30);
    /** Header of every report: its verdict, whatever its form. */
    static final String VERDICT = "X-Verdict";

    private final Verifications verifications;
    private final History history;
    private final Faults faults;
    private final Series series;
    private final LagMeter lag;
    private final Tracer tracer;
    private final LedgerCheck ledger;
    private final ApiToken token;

    VerifierResource(
            Verifications verifications,
            History history,
            Faults faults,
            Series series,
            LagMeter lag,
            Tracer tracer,
            LedgerCheck ledger,
            ApiToken token) {
        this.verifications = verifications;
        this.history = history;
        this.faults = faults;
        this.series = series;
        this.lag = lag;
        this.tracer = tracer;
        this.ledger = ledger;
        this.token = token;
    }

    /** Text for people; JSON for whoever asks for it. */
    @GET
    @Path("report")
    @Produces({MediaType.TEXT_PLAIN, MediaType.APPLICATION_JSON})
    public Response report(@Context HttpHeaders headers) {
        return answer(verifications.last(), wantsJson(headers) ? ReportForm.JSON : ReportForm.TEXT);
    }

    @GET
    @Path("report.json")
    public Response reportAsJson() {
        return answer(verifications.last(), ReportForm.JSON);
    }

    @GET
    @Path("report.html")
    public Response reportAsPage() {
        return answer(verifications.last(), ReportForm.HTML);
    }

    @GET
    @Path("report.xml")
    public Response reportAsJUnit() {
        return answer(verifications.last(), ReportForm.JUNIT);
    }

    /** What holds of every report in JSON. */
    @GET
    @Path("report.schema.json")
    @Produces("application/schema+json")
    public InputStream schema() {
        return getClass().getResourceAsStream("/report.schema.json");
    }

    /** Each finished verification as it comes, the last one first. */
    @GET
    @Path("events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    public Multi<Report> events() {
        return verifications.stream();
    }

    private Response answer(Report report, ReportForm form) {
        Object body = switch (form) {
            case TEXT -> TextReport.of(report);
            case JSON -> report;
            case HTML -> HtmlReport.of(report, new Course(history.all(), faults.all(), series.after(Instant.EPOCH)));
            case JUNIT -> JUnitReport.of(report);
        };
        return Response.ok(body, form.mediaType())
                .header(VERDICT, report.status())
                .build();
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

    /**
     * JSON, unless text is asked for by name.
     *
     * @param format a {@link ReportForm}, whatever is accepted
     */
    @POST
    @Path("verify")
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN, MediaType.TEXT_HTML, MediaType.APPLICATION_XML})
    public Response verify(
            @Context HttpHeaders headers,
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @QueryParam("timeout") String timeout,
            @QueryParam("format") String format) {
        if (!token.isIn(authorization)) {
            return error(401, "this needs the header 'Authorization: Bearer <token>'");
        }
        Duration limit;
        ReportForm form;
        try {
            limit = timeout == null ? Duration.ofSeconds(60) : Timeouts.parse(timeout);
            form = format != null ? ReportForm.named(format) : wantsText(headers) ? ReportForm.TEXT : ReportForm.JSON;
        } catch (IllegalArgumentException e) {
            return error(400, e.getMessage());
        }
        return answer(verifications.now(limit), form);
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

    /** The last failures that the chaos-injector has caused, oldest first. */
    @GET
    @Path("faults")
    @Produces(MediaType.APPLICATION_JSON)
    public List<Fault> faults() {
        return faults.all();
    }

    /** The last hour in short steps, oldest first. @param after only what is younger; without it, all */
    @GET
    @Path("series")
    @Produces(MediaType.APPLICATION_JSON)
    public Response series(@QueryParam("after") String after) {
        try {
            var samples = series.after(after == null ? Instant.EPOCH : Instant.parse(after));
            return Response.ok(samples, MediaType.APPLICATION_JSON).build();
        } catch (DateTimeParseException e) {
            return error(400, "after=" + after + " is no time such as 2026-11-22T15:00:00Z");
        }
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

    /** Accounts for every commit that the load generator had acknowledged. */
    @POST
    @Path("verify/ledger")
    @Produces(MediaType.APPLICATION_JSON)
    public Response ledger(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization, @QueryParam("timeout") String timeout) {
        if (!token.isIn(authorization)) {
            return error(401, "this needs the header 'Authorization: Bearer <token>'");
        }
        try {
            var limit = timeout == null ? Duration.ofSeconds(60) : Timeouts.parse(timeout);
            var result = ledger.check(Deadline.in(limit));
            return Response.ok(result, MediaType.APPLICATION_JSON)
                    .header(VERDICT, result.status())
                    .build();
        } catch (IllegalArgumentException e) {
            return error(400, e.getMessage());
        }
    }

    /**
     * One row's way: source, events, what the sink did with each, sink.
     *
     * @param key as reports write it
     */
    @GET
    @Path("trace/{table}/{key:.+}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response trace(
            @PathParam("table") String table, @PathParam("key") String key, @QueryParam("timeout") String timeout) {
        try {
            var limit = timeout == null ? TRACE_LIMIT : Timeouts.parse(timeout);
            return Response.ok(tracer.trace(TableId.parse(table), key, Deadline.in(limit)), MediaType.APPLICATION_JSON)
                    .build();
        } catch (IllegalArgumentException e) {
            return error(400, e.getMessage());
        } catch (Tracer.NoSuchRow e) {
            return error(404, e.getMessage());
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
