package dev.failureaware.cdc.chaos.platform.kubernetes;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import java.util.stream.Stream;

/**
 * One thing that a Role must allow.
 *
 * @param group empty for the core group
 * @param subresource empty for the object itself
 * @param name empty for all of the namespace
 */
record Right(String verb, String group, String resource, String subresource, String name) {

    static Stream<Right> of(String group, String resource, String name, String... verbs) {
        var parts = resource.split("/", 2);
        return Stream.of(verbs).map(verb -> new Right(verb, group, parts[0], parts.length == 1 ? "" : parts[1], name));
    }

    SelfSubjectAccessReview question(String namespace) {
        return new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withNamespace(namespace)
                .withVerb(verb)
                .withGroup(group)
                .withResource(resource)
                .withSubresource(subresource)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build();
    }

    String lacking(String namespace) {
        return "may not %s %s%s in namespace %s; grant verb %s on %s %s"
                .formatted(verb, full(), name.isEmpty() ? "" : " " + name, namespace, verb, groupInWords(), full());
    }

    @Override
    public String toString() {
        return "%s %s %s%s".formatted(verb, groupInWords(), full(), name.isEmpty() ? "" : " " + name);
    }

    private String groupInWords() {
        return group.isEmpty() ? "core" : group;
    }

    private String full() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }
}
