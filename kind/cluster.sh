#!/bin/sh
# The steps behind `make kind-up`, `kind-demo` and `kind-down`. Each may be repeated. All but kind-cluster, kind-load and
# kind-delete work on any cluster:
#
#   kind/cluster.sh kind-cluster   make the cluster, unless it is there
#   kind/cluster.sh kind-load      load the images into its nodes
#   kind/cluster.sh operator       namespace cdc, and Strimzi's operator by its own chart
#   kind/cluster.sh install        install or upgrade our chart, and wait until a change has come through the whole pipeline
#   kind/cluster.sh demo           run the scenario as a job, show its log, write the report to $REPORT; ends by the verdict
#   kind/cluster.sh uninstall      remove our chart, Strimzi's and the namespace
#   kind/cluster.sh kind-delete    remove the cluster
#
#   CONTEXT           kube context; by default the current one, if kind made it
#   KIND_CLUSTER      name of kind's cluster (cdc)
#   IMAGES            names of the images that kind-load loads, separated by spaces
#   HELM_ARGS         further words for the installation of our chart, for instance --set images.registry=…
#   OPERATOR_ARGS     further words for the installation of Strimzi's chart
#   STRIMZI_VERSION, STRIMZI_CHART, OPERATOR_NAMESPACE
#   TIMEOUT           longest wait of the installation (15m)
#   REPORT            folder for the report (report)
#
# Exit codes: 0; 1 for a verdict other than PASS; 2 for bad input; 3 when a tool or the cluster is missing or does not answer.
set -eu
cd "$(dirname "$0")/.."

kind_cluster=${KIND_CLUSTER:-cdc}
release=cdc
namespace=cdc
timeout=${TIMEOUT:-15m}
report=${REPORT:-report}
strimzi_version=${STRIMZI_VERSION:-1.2.0}
strimzi_chart=${STRIMZI_CHART:-oci://quay.io/strimzi-helm/strimzi-kafka-operator}
operator_namespace=${OPERATOR_NAMESPACE:-strimzi}

fail() {
    code=$1
    shift
    echo "error: $*" >&2
    exit "$code"
}

needs() {
    for tool in "$@"; do
        case $tool in
            kind) where="https://kind.sigs.k8s.io/docs/user/quick-start/#installation" ;;
            helm) where="https://helm.sh/docs/intro/install/" ;;
            kubectl) where="https://kubernetes.io/docs/tasks/tools/" ;;
            docker) where="https://docs.docker.com/get-started/get-docker/" ;;
        esac
        command -v "$tool" >/dev/null 2>&1 || fail 3 "$tool not found. Install it: $where"
    done
}

engine_answers() {
    if [ "${KIND_EXPERIMENTAL_PROVIDER:-docker}" = docker ]; then
        needs docker
        docker info >/dev/null 2>&1 || fail 3 "Docker does not answer. Start it, and try again."
    fi
}

# Sets $context. Anything but a cluster of kind must be named: these steps install, and break pods on purpose.
choose_context() {
    needs kubectl
    context=${CONTEXT:-}
    if [ -z "$context" ]; then
        context=$(kubectl config current-context 2>/dev/null) || fail 2 "there is no current kube context. Run: make kind-up"
        case $context in
            kind-*) ;;
            *) fail 2 "the current kube context is $context, and kind did not make it. If you mean it: CONTEXT=$context" ;;
        esac
    fi
    kubectl --context "$context" version >/dev/null 2>&1 ||
        fail 3 "the cluster of context $context does not answer: $(kubectl --context "$context" version 2>&1 | tail -n 1)"
    echo "Cluster: context $context"
}

k() {
    kubectl --context "$context" -n "$namespace" "$@"
}

h() {
    helm --kube-context "$context" "$@"
}

kind_cluster() {
    needs kind kubectl
    engine_answers
    if kind get clusters 2>/dev/null | grep -qx "$kind_cluster"; then
        kind export kubeconfig --name "$kind_cluster" >/dev/null 2>&1
        echo "The cluster $kind_cluster is there."
    else
        kind create cluster --name "$kind_cluster" --config kind-config.yaml --wait 3m
    fi
}

kind_load() {
    needs kind
    engine_answers
    [ -n "${IMAGES:-}" ] || fail 2 "IMAGES is empty: which images?"
    # shellcheck disable=SC2086 # words are meant
    kind load docker-image --name "$kind_cluster" $IMAGES
}

operator() {
    needs helm
    choose_context
    kubectl --context "$context" apply -f k8s/namespace.yaml
    # shellcheck disable=SC2086
    h upgrade --install strimzi "$strimzi_chart" --version "$strimzi_version" \
        -n "$operator_namespace" --create-namespace -f k8s/strimzi-values.yaml --wait --timeout "$timeout" \
        ${OPERATOR_ARGS:-} >/dev/null
    echo "Strimzi $strimzi_version is ready."
}

install() {
    needs helm
    choose_context
    kubectl --context "$context" get crd kafkaconnectors.kafka.strimzi.io >/dev/null 2>&1 ||
        fail 3 "the cluster does not know Strimzi's resources. Run: make cluster-operator"
    echo "Installing; the first time this takes some minutes …"
    # shellcheck disable=SC2086
    h upgrade --install "$release" helm/failure-aware-cdc -n "$namespace" --wait --wait-for-jobs --timeout "$timeout" \
        ${HELM_ARGS:-} >/dev/null
    # Helm waits for our pods and jobs; it does not know when Strimzi's resources are ready.
    k wait --for=condition=Ready --timeout="$timeout" "kafka/$release" "kafkaconnect/$release" "kafkaconnector/$release-source" ||
        fail 3 "the pipeline is not ready. See: kubectl --context $context -n $namespace describe kafkaconnector/$release-source"
    h test "$release" -n "$namespace" --logs || fail 1 "the pipeline runs, but the verifier does not say PASS"
}

# Follows the log for as long as the job runs; a log stream may break, for instance when a node is slow.
follow() {
    job=$1
    since=
    while :; do
        k logs -f ${since:+--since=$since} --pod-running-timeout=3m "job/$job" 2>/dev/null || true
        if [ "$(job_state "$job")" != running ]; then
            return
        fi
        sleep 2
        since=2s
    done
}

job_state() {
    state=$(k get job "$1" -o 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type} {end}' 2>/dev/null || true)
    case " $state " in
        *" Complete "*) echo complete ;;
        *" Failed "*) echo failed ;;
        *) echo running ;;
    esac
}

demo() {
    choose_context
    job=$release-run-scenario
    # A finished job keeps its name for an hour, and nothing of it can be changed.
    k delete job "$job" --ignore-not-found --wait >/dev/null
    # The report of an earlier run must not pass for this one's.
    before=$(report_version)
    k apply -f k8s/jobs/run-scenario.yaml
    follow "$job"
    # The pod has ended; the job's condition follows.
    k wait --for=jsonpath='{.status.conditions[0].status}'=True --timeout=60s "job/$job" >/dev/null 2>&1 || true
    write_report "$before"
    [ "$(job_state "$job")" = complete ] || fail 1 "the scenario did not end with PASS"
}

report_version() {
    k get configmap "$release-chaos-report" -o 'jsonpath={.metadata.resourceVersion}' 2>/dev/null || true
}

write_report() {
    if [ "$(report_version)" = "$1" ]; then
        echo "There is no new report." >&2
        return
    fi
    mkdir -p "$report"
    for file in report.html report.json junit.xml; do
        # The dot of a key is written with a backslash.
        key=$(echo "$file" | sed 's/\./\\./')
        k get configmap "$release-chaos-report" -o "jsonpath={.data.$key}" >"$report/.$file.part"
        if [ -s "$report/.$file.part" ]; then
            mv "$report/.$file.part" "$report/$file"
        else
            rm -f "$report/.$file.part" "$report/$file"
            echo "$file was too large for the cluster to keep." >&2
        fi
    done
    echo "Report: $report/report.html, report.json, junit.xml"
}

uninstall() {
    needs helm
    choose_context
    h uninstall "$release" -n "$namespace" --ignore-not-found --wait --timeout "$timeout"
    # The operator finishes the removal of Kafka; it goes last.
    k wait --for=delete --timeout=3m "kafka/$release" "kafkaconnect/$release" >/dev/null 2>&1 || true
    kubectl --context "$context" delete namespace "$namespace" --ignore-not-found --timeout=5m
    h uninstall strimzi -n "$operator_namespace" --ignore-not-found --wait
}

kind_delete() {
    needs kind
    kind delete cluster --name "$kind_cluster"
}

case ${1:-} in
    kind-cluster) kind_cluster ;;
    kind-load) kind_load ;;
    operator) operator ;;
    install) install ;;
    demo) demo ;;
    uninstall) uninstall ;;
    kind-delete) kind_delete ;;
    *) fail 2 "usage: kind/cluster.sh kind-cluster | kind-load | operator | install | demo | uninstall | kind-delete" ;;
esac
