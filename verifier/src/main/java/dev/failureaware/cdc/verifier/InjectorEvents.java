package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** What the chaos-injector tells of its work, each event once. It counts them anew in each of its lives. */
@ApplicationScoped
class InjectorEvents {
    private final InjectorCalls injector;
    private JsonNode last;

    InjectorEvents(InjectorCalls injector) {
        this.injector = injector;
    }

    /** Those that were not told yet; all that it has after it was started again. */
    List<JsonNode> fresh() {
        var known = last == null ? 0 : last.path("n").asLong();
        // The last one is asked for again: if it is another one now, so is the injector's life.
        var told = injector.ask("/events?after=" + Math.max(0, known - 1));
        if (told.isPresent() && known > 0 && !last.equals(told.get().path(0))) {
            known = 0;
            told = injector.ask("/events?after=0");
        }
        var fresh = new ArrayList<JsonNode>();
        if (told.isPresent()) {
            for (var event : told.get()) {
                if (event.path("n").asLong() > known) {
                    fresh.add(event);
                    last = event;
                }
            }
        }
        return fresh;
    }
}
