package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.Audit;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Each act as a Kubernetes Event on its object, for those who look with {@code kubectl describe}. Written aside, one after the
 * other: an Event that cannot be written is logged and disturbs nothing.
 */
public final class ClusterEvents {
    private static final Logger LOG = Logger.getLogger(ClusterEvents.class);
    private static final String REPORTER = "failureaware.dev/chaos-injector";
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_WAITING = 100;
    private static final int MAX_NOTE = 1000;
    private static final int MAX_NAME = 240;

    private final Supplier<KubernetesClient> client;
    private final String pod;
    private final Clock clock;
    private final ExecutorService aside;

    /** @param pod this injector's, as the reporting instance */
    public ClusterEvents(Supplier<KubernetesClient> client, String pod, Clock clock) {
        this.client = client;
        this.pod = pod;
        this.clock = clock;
        this.aside = new ThreadPoolExecutor(
                0,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                work -> {
                    var thread = new Thread(work, "events");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    public void tell(Audit.Entry entry) {
        var event = event(entry);
        aside.execute(() -> {
            try {
                client.get().resource(event).create();
            } catch (RuntimeException e) {
                // Whatever the client throws, an Event is not worth a fault.
                LOG.warnf("event %s not written: %s", event.getMetadata().getName(), e.getMessage());
            }
        });
    }

    private Event event(Audit.Entry entry) {
        var target = entry.target();
        var now = clock.instant();
        var name = "%s.%x"
                .formatted(cut(target.name(), MAX_NAME - 20), now.getEpochSecond() * 1_000_000_000L + now.getNano());
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(target.namespace())
                .endMetadata()
                .withEventTime(new MicroTime(MICROSECONDS.format(now)))
                .withType(entry.done() ? "Normal" : "Warning")
                .withReason("Chaos")
                .withAction(entry.act())
                .withReportingController(REPORTER)
                .withReportingInstance(pod)
                .withNote(cut(
                        "%s: %s; run %s, failure %s"
                                .formatted(entry.act(), entry.result(), entry.run(), entry.failure()),
                        MAX_NOTE))
                .withNewRegarding()
                .withApiVersion(target.apiVersion())
                .withKind(target.kind())
                .withNamespace(target.namespace())
                .withName(target.name())
                .withUid(target.uid())
                .endRegarding()
                .build();
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }
}
