package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import io.fabric8.kubernetes.api.model.HasMetadata;

/** Only what carries the label is ever touched, to break it or to mend it. */
final class OptIn {
    static final String LABEL = "failureaware.dev/chaos";
    static final String ALLOWED = "allowed";

    private OptIn() {}

    static void require(HasMetadata object) throws CallFailedException {
        var labels = object.getMetadata().getLabels();
        if (labels == null || !ALLOWED.equals(labels.get(LABEL))) {
            throw CallFailedException.forGood(
                    "%s %s in namespace %s does not carry the label %s: %s, so it is not touched; add the label to allow it"
                            .formatted(
                                    object.getKind(),
                                    object.getMetadata().getName(),
                                    object.getMetadata().getNamespace(),
                                    LABEL,
                                    ALLOWED));
        }
    }

    static String need(String kindAndName) {
        return "label %s: %s on %s".formatted(LABEL, ALLOWED, kindAndName);
    }

    static Audit.Target target(HasMetadata object) {
        var metadata = object.getMetadata();
        return new Audit.Target(
                object.getApiVersion(),
                object.getKind(),
                metadata.getNamespace(),
                metadata.getName(),
                metadata.getUid());
    }
}
