package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.FailureKind;
import dev.failureaware.cdc.sink.apply.ParkedRecords;
import dev.failureaware.cdc.sink.apply.ParkedRecords.Filter;
import dev.failureaware.cdc.sink.apply.ParkedRecords.Listed;
import dev.failureaware.cdc.sink.apply.Replay;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** Parked records over HTTP; all of it asks for the token, because a key is data. */
@Path("/parked")
@TokenNeeded
@Blocking
@Produces(MediaType.APPLICATION_JSON)
class ParkedResource {
    private static final Logger LOG = Logger.getLogger(ParkedResource.class);
    private static final int MOST = 1_000;

    private final ParkedRecords parked;
    private final Replay replay;

    ParkedResource(ParkedRecords parked, Replay replay) {
        this.parked = parked;
        this.replay = replay;
    }

    /** @param unresolved how many there are in all; the list may be shorter */
    @RegisterForReflection
    record Listing(long unresolved, List<Listed> records) {}

    /** @param remaining unresolved records, of those that were asked for */
    @RegisterForReflection
    record Replayed(long replayed, long superseded, long refused, long behind, long remaining) {}

    /**
     * The oldest first.
     *
     * @param table {@code SCHEMA.TABLE}, or a table of the schema public
     * @param all also those that are settled
     */
    @GET
    public Response list(
            @QueryParam("table") String table,
            @QueryParam("id") Long id,
            @QueryParam("all") boolean all,
            @QueryParam("limit") @DefaultValue("100") int limit) {
        if (limit < 1 || limit > MOST) {
            return error(400, "limit=" + limit + "; allowed: 1 to " + MOST);
        }
        var filter = filter(table, id);
        return answer(() -> new Listing(
                parked.unresolved(filter).await().indefinitely(),
                parked.list(filter, all, limit).await().indefinitely()));
    }

    /** Tries all, those of one table, or one. Answers when it is done; may be called again at any time. */
    @POST
    @Path("replay")
    public Response replay(@QueryParam("table") String table, @QueryParam("id") Long id) {
        var filter = filter(table, id);
        return answer(() -> {
            var result = replay.run(filter);
            LOG.infof("Replay of parked records: %s", result);
            return new Replayed(
                    result.replayed(),
                    result.superseded(),
                    result.refused(),
                    result.behind(),
                    parked.unresolved(filter).await().indefinitely());
        });
    }

    /** Settles a record that shall never be applied; what is parked behind it is free then. */
    @POST
    @Path("dismiss")
    public Response dismiss(@QueryParam("id") Long id) {
        if (id == null) {
            return error(400, "which one? id=N, as GET /parked lists them");
        }
        return answer(() -> {
            if (!parked.dismiss(id).await().indefinitely()) {
                return null;
            }
            LOG.warnf("Parked record %d is dismissed: it will not be applied", id);
            return Map.of("dismissed", id);
        });
    }

    private interface Question {
        Object ask();
    }

    private static Response answer(Question question) {
        try {
            var answer = question.ask();
            return answer == null
                    ? error(404, "there is no such unresolved record")
                    : Response.ok(answer).build();
        } catch (RuntimeException failure) {
            if (FailureKind.of(failure) != FailureKind.TRANSIENT) {
                throw failure;
            }
            LOG.warnf("A question about parked records could not be answered: %s", failure.getMessage());
            return error(503, "sink database: " + failure.getMessage());
        }
    }

    private static Filter filter(String table, Long id) {
        if (table == null || table.isBlank()) {
            return new Filter(id, null);
        }
        var dot = table.indexOf('.');
        return new Filter(
                id,
                dot < 0
                        ? new TableId(TableId.DEFAULT_SCHEMA, table)
                        : new TableId(table.substring(0, dot), table.substring(dot + 1)));
    }

    private static Response error(int status, String message) {
        return Response.status(status).entity(Map.of("error", message)).build();
    }
}
