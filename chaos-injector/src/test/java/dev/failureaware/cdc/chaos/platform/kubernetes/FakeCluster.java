package dev.failureaware.cdc.chaos.platform.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Fabric8's mock API server, with what it lacks of a real one: rights that are enforced and reviewed, preconditions of a
 * deletion, outages, conflicts on demand, and a list of what was changed by whom is no controller.
 */
public final class FakeCluster implements AutoCloseable {
    public static final String NAMESPACE = "cdc";
    public static final String JOURNAL = "cdc-chaos-journal";
    public static final String REPORT = "cdc-chaos-report";
    public static final String LEASE = "cdc-chaos-injector";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PATH = Pattern.compile(
            "/(?:api|apis/(?<group>[^/]+))/[^/]+/(?:namespaces/[^/]+/)?(?<resource>[^/?]+)(?:/(?<name>[^/?]+))?(?:/(?<sub>[^/?]+))?.*");
    private static final String CONTROLLER = "controller";

    private final Dispatcher dispatcher = new Dispatcher();
    private final KubernetesMockServer server;
    private final KubernetesClient client;
    private final KubernetesClient controllers;

    /** One change that an injector asked for. */
    public record Change(String what, String body, int status) {}

    private static final class Dispatcher extends KubernetesCrudDispatcher {
        private final Set<String> denied = ConcurrentHashMap.newKeySet();
        private final Map<String, AtomicInteger> conflicts = new ConcurrentHashMap<>();
        private final List<Change> changes = new CopyOnWriteArrayList<>();
        private final AtomicInteger refusals = new AtomicInteger();

        @Override
        public MockResponse dispatch(RecordedRequest received) {
            // A body can be read once.
            var body = received.getUtf8Body();
            var request = copy(received, body);
            if (CONTROLLER.equals(request.getHeader("User-Agent"))) {
                return super.dispatch(request);
            }
            if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return status(503, "the server is currently unable to handle the request");
            }
            var call = Call.of(request);
            if (call.what.equals("create authorization.k8s.io selfsubjectaccessreviews")) {
                return review(body);
            }
            var answer = answer(call, request, body);
            if (!call.what.matches("(get|list|watch) .*")) {
                changes.add(new Change(call.what, body, answer.code()));
            }
            return answer;
        }

        private static RecordedRequest copy(RecordedRequest request, String body) {
            return new RecordedRequest(
                    request.getHttpVersion(),
                    request.method(),
                    request.getPath(),
                    request.getHeaders(),
                    body == null ? null : new Buffer(body.getBytes(StandardCharsets.UTF_8)));
        }

        private MockResponse answer(Call call, RecordedRequest request, String body) {
            if (denied.contains(call.what)) {
                return status(403, "forbidden: cannot " + call.what);
            }
            var conflict = conflicts.get(call.what);
            if (conflict != null && conflict.getAndDecrement() > 0) {
                return status(409, "the object has been modified");
            }
            if (request.getMethod().equals("DELETE") && !preconditionHolds(request.getPath(), body)) {
                return status(409, "Precondition failed: UID in precondition does not match");
            }
            return super.dispatch(request);
        }

        private boolean preconditionHolds(String path, String body) {
            var uid = json(body).path("preconditions").path("uid");
            var found = json(handleGet(path).getBody().readUtf8());
            return uid.isMissingNode()
                    || uid.asText().equals(found.path("metadata").path("uid").asText());
        }

        private MockResponse review(String body) {
            var review = (ObjectNode) json(body);
            var asked = review.path("spec").path("resourceAttributes");
            var sub = asked.path("subresource").asText("");
            var what = Call.what(
                    asked.path("verb").asText(),
                    asked.path("group").asText(""),
                    asked.path("resource").asText() + (sub.isEmpty() ? "" : "/" + sub),
                    asked.path("name").asText(""));
            review.putObject("status").put("allowed", !denied.contains(what));
            return new MockResponse()
                    .setResponseCode(201)
                    .setHeader("Content-Type", "application/json")
                    .setBody(review.toString());
        }

        private static MockResponse status(int code, String message) {
            return new MockResponse()
                    .setResponseCode(code)
                    .setHeader("Content-Type", "application/json")
                    .setBody(
                            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"%s\",\"code\":%d}"
                                    .formatted(message, code));
        }

        private static JsonNode json(String text) {
            try {
                return JSON.readTree(text == null || text.isEmpty() ? "{}" : text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A request in the words of a Role: {@code patch apps deployments/scale NAME}. */
    private record Call(String what) {
        static Call of(RecordedRequest request) {
            var path = PATH.matcher(request.getPath());
            if (!path.matches()) {
                return new Call("get " + request.getPath());
            }
            var name = path.group("name") == null ? "" : path.group("name");
            var verb = switch (request.getMethod()) {
                case "GET" -> name.isEmpty() ? "list" : "get";
                case "POST" -> "create";
                case "PUT" -> "update";
                default -> request.getMethod().toLowerCase(java.util.Locale.ROOT);
            };
            var sub = path.group("sub") == null ? "" : "/" + path.group("sub");
            return new Call(what(
                    verb, path.group("group") == null ? "" : path.group("group"), path.group("resource") + sub, name));
        }

        static String what(String verb, String group, String resource, String name) {
            return "%s %s %s%s"
                    .formatted(verb, group.isEmpty() ? "core" : group, resource, name.isEmpty() ? "" : " " + name);
        }
    }

    public FakeCluster() {
        server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), dispatcher, false);
        server.init();
        client = clientAs("injector");
        controllers = clientAs(CONTROLLER);
    }

    private KubernetesClient clientAs(String user) {
        return new KubernetesClientBuilder().withConfig(config(user)).build();
    }

    private Config config(String user) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withNamespace(NAMESPACE)
                .withUserAgent(user)
                .withRequestRetryBackoffLimit(0)
                .withHttp2Disable(true)
                .build();
    }

    public String url() {
        return "http://localhost:" + server.getPort() + "/";
    }

    /** As an injector: with rights that can be taken, and noted. */
    KubernetesClient client() {
        return client;
    }

    /** As the controllers and the people: may everything. */
    public KubernetesClient others() {
        return controllers;
    }

    /** @param what in the words of a Role, for instance {@code patch apps deployments/scale NAME}; core for the core group */
    public void deny(String what) {
        dispatcher.denied.add(what);
    }

    public void allow(String what) {
        dispatcher.denied.remove(what);
    }

    public void conflictNext(String what, int times) {
        dispatcher.conflicts.put(what, new AtomicInteger(times));
    }

    public void away(boolean away) {
        refuseNext(away ? Integer.MAX_VALUE : 0);
    }

    /** As while the API server is away for a while: the next so many requests are refused, whatever they ask. */
    public void refuseNext(int requests) {
        dispatcher.refusals.set(requests);
    }

    public boolean stillRefuses() {
        return dispatcher.refusals.get() > 0;
    }

    /** What the chart makes for an injector: its ConfigMaps without data and its Lease without holder. */
    public FakeCluster asTheChartLeavesIt() {
        for (var name : List.of(JOURNAL, REPORT)) {
            controllers
                    .resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace(NAMESPACE)
                            .endMetadata()
                            .build())
                    .create();
        }
        controllers
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(LEASE)
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        return this;
    }

    /** What injectors asked to be changed, in order; not the lease, which is renewed all the time. */
    public List<Change> changes() {
        var changes = new ArrayList<>(dispatcher.changes);
        changes.removeIf(change -> change.what.contains(" leases ") || change.what.contains(" events"));
        return changes;
    }

    /** Of a ConfigMap. */
    public Map<String, String> data(String configMap) {
        var data = controllers
                .configMaps()
                .inNamespace(NAMESPACE)
                .withName(configMap)
                .get()
                .getData();
        return data == null ? Map.of() : data;
    }

    @Override
    public void close() {
        client.close();
        controllers.close();
        server.destroy();
    }
}
