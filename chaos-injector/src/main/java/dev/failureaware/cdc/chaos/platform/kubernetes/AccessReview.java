package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Asks the API server what this injector may do, before it tries. */
final class AccessReview {
    private final Cluster cluster;

    AccessReview(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Those of the rights that are not granted. */
    List<Right> lacking(Collection<Right> rights) throws CallFailedException, InterruptedException {
        var lacking = new ArrayList<Right>();
        for (var right : rights) {
            var review = right.question(cluster.namespace());
            var answer = cluster.ask(
                    "create selfsubjectaccessreviews",
                    client -> client.authorization()
                            .v1()
                            .selfSubjectAccessReview()
                            .create(review));
            if (!Boolean.TRUE.equals(answer.getStatus().getAllowed())) {
                lacking.add(right);
            }
        }
        return lacking;
    }
}
