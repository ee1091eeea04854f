package dev.failureaware.cdc.load;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;

@Path("/")
@Produces(MediaType.APPLICATION_JSON)
class LoadResource {
    private final LoadGenerator generator;

    LoadResource(LoadGenerator generator) {
        this.generator = generator;
    }

    @GET
    @Path("stats")
    public Stats stats() {
        return generator.stats();
    }

    /** All that is kept of the ledger, one JSON object on a line, the oldest first; as a stream, whatever its size. */
    @GET
    @Path("ledger")
    @Produces("application/x-ndjson")
    @TokenNeeded
    @Blocking
    public InputStream ledger() throws IOException {
        return generator.ledger();
    }

    /** Answers when no transaction is in flight any more; harmless when already paused. */
    @POST
    @Path("pause")
    @TokenNeeded
    @Blocking
    public Stats pause() throws InterruptedException {
        generator.pause();
        return generator.stats();
    }

    @POST
    @Path("resume")
    @TokenNeeded
    public Stats resume() {
        generator.resume();
        return generator.stats();
    }
}
