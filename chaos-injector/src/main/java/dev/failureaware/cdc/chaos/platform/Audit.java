package dev.failureaware.cdc.chaos.platform;

import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** One line for each act on something of the pipeline, and for whom it is told besides. */
public final class Audit {
    private static final Logger LOG = Logger.getLogger("dev.failureaware.cdc.audit");
    private static final String NONE = "-";

    private final Consumer<Entry> besides;
    private volatile String run = NONE;
    private volatile String failure = NONE;

    /** @param besides told of each act after its line is written; must not fail or take long */
    public Audit(Consumer<Entry> besides) {
        this.besides = besides;
    }

    /** Values that do not apply are a dash. */
    public record Target(String apiVersion, String kind, String namespace, String name, String uid) {
        public static Target process(String name, String pid) {
            return new Target(NONE, "Process", NONE, name, pid);
        }

        public static Target connector(String name) {
            return new Target(NONE, "Connector", NONE, name, NONE);
        }

        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    /** @param result {@code done}, or why it was not */
    public record Entry(String act, Target target, String run, String failure, String result) {
        public boolean done() {
            return result.equals("done");
        }
    }

    @FunctionalInterface
    public interface Act<T> {
        T perform() throws CallFailedException, InterruptedException;
    }

    /** From now on acts belong to this failure. */
    public void attribute(String run, String failure) {
        this.run = run == null ? NONE : run;
        this.failure = failure == null ? NONE : failure;
    }

    public <T> T of(String act, Target target, Act<T> body) throws CallFailedException, InterruptedException {
        try {
            var answer = body.perform();
            note(act, target, "done");
            return answer;
        } catch (CallFailedException e) {
            note(act, target, e.getMessage());
            throw e;
        } catch (InterruptedException e) {
            note(act, target, "interrupted, so nobody knows");
            throw e;
        }
    }

    private void note(String act, Target target, String result) {
        LOG.infof(
                "act=%s kind=%s namespace=%s name=%s uid=%s run=%s failure=%s result=\"%s\"",
                act,
                target.kind(),
                target.namespace(),
                target.name(),
                target.uid(),
                run,
                failure,
                result.replace('"', '\'').replaceAll("\\s+", " "));
        besides.accept(new Entry(act, target, run, failure, result));
    }
}
