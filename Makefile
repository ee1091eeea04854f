# Commands of the one-machine stack. `make help` lists them. Works with GNU make 3.81 (macOS) and later.
#
# The work is done by local-stack, a Java program; this file only checks the tools, builds what is missing and hands over.
# make's own exit code is 2 for every failure; the program's code is shown as "Error N" (see: make exit-codes).

JAVA = $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)
MVN ?= mvn
JAR = local-stack/target/local-stack.jar
STAMP = target/built
STACK = exec "$(JAVA)" -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+PerfDisableSharedMem -jar $(JAR)
SERVICES = sink-consumer verifier chaos-injector load-generator

.DEFAULT_GOAL = help

.PHONY: help exit-codes demo up watch status trigger-restart trigger-lag trigger-schema trigger-duplicate \
	trigger-backfill lag parked replay connector-status re-snapshot logs stop start source-shell sink-shell kafka-topics kafka-consume \
	preflight healthcheck endpoints down clean reset bench-sink bench-verifier soak-sink soak-verifier test build java jar built maven

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' Makefile

demo: built ## start, run the five failures, report, stop (SCENARIO=scenario.json REPORT=report)
	@$(STACK) demo

up: built ## start everything in the background and wait until it is ready
	@$(STACK) up

watch: jar ## live view of the running stack; Ctrl-C leaves it
	@$(STACK) watch

status: jar ## the verifier's report
	@$(STACK) status

trigger-restart: jar ## kill the Connect worker in mid-stream
	@$(STACK) trigger restart

trigger-lag: jar ## stop the sink-consumer for a while
	@$(STACK) trigger lag

trigger-schema: jar ## add a column at the source while writes go on
	@$(STACK) trigger schema

trigger-duplicate: jar ## force a second snapshot of everything
	@$(STACK) trigger duplicate

trigger-backfill: jar ## insert historical rows
	@$(STACK) trigger backfill

lag: jar ## events in Kafka that the sink has not applied yet
	@$(STACK) lag

parked: jar ## records that the sink-consumer could not apply (TABLE=public.orders for one table)
	@$(STACK) parked $(if $(TABLE),--table=$(TABLE))

replay: jar ## try the parked records again, once the cause is mended (TABLE=public.orders for one table)
	@$(STACK) replay $(if $(TABLE),--table=$(TABLE))

connector-status: jar ## the Debezium connector, its task and its replication slot
	@$(STACK) connector-status

re-snapshot: jar ## send every row again, in whatever state the pipeline is: the way out of a gap
	@$(STACK) re-snapshot

logs: jar ## the end of the logs (NAME=connect for one of them, FOLLOW=1 to go on)
	@$(STACK) logs $(NAME) $(if $(FOLLOW),--follow)

stop: jar ## stop one part and leave it stopped (NAME=sink-consumer), for instance to run it in dev mode
	@$(STACK) stop $(NAME)

start: jar ## start a part that was stopped (NAME=sink-consumer)
	@$(STACK) start $(NAME)

source-shell: jar ## SQL on the source; statements from standard input
	@$(STACK) sql source

sink-shell: jar ## SQL on the sink, read only
	@$(STACK) sql sink

kafka-topics: jar ## topics with their partitions, end offsets and sizes
	@$(STACK) kafka-topics

kafka-consume: jar ## change events (TOPIC=shop.public.customers MAX=20 TAIL=1)
	@$(STACK) kafka-consume $(TOPIC) $(if $(MAX),--max $(MAX)) $(if $(TAIL),--tail)

preflight: jar ## can this machine run the stack?
	@$(STACK) preflight

healthcheck: jar ## ask every part of the running stack
	@$(STACK) healthcheck

endpoints: jar ## addresses, users and password files as JSON
	@$(STACK) endpoints

down: jar ## stop everything in order; data stays
	@$(STACK) down

clean: jar ## stop everything; remove data, logs and the report
	@$(STACK) clean

reset: built ## stop everything, wipe the data, start again
	@$(STACK) reset

# Tests wait more than they work, so two modules at a time; the system tests come last and alone.
test: maven ## all tests: mvn verify
	@exec $(MVN) -B -T 2 verify $(FLAGS)

# Failsafe would judge a red run of before once more, in modules that run nothing now.
FORGET = rm -f */target/failsafe-reports/failsafe-summary.xml

soak-sink: built ## random writes, faults, rewinds and snapshots through the sink (SEEDS=100 FIRST=1 STEP=1 OPERATIONS=2000)
	@$(FORGET)
	@exec $(MVN) -B -pl sink-consumer -am verify -Dtest=none -Dit.test=RandomizedIT -Dsurefire.failIfNoSpecifiedTests=false \
		-Dfailsafe.failIfNoSpecifiedTests=false -Dsoak.seeds=$(or $(SEEDS),100) -Dsoak.first=$(or $(FIRST),1) -Dsoak.step=$(or $(STEP),1) \
		-Dsoak.operations=$(or $(OPERATIONS),2000)

soak-verifier: built ## verdicts back to back under load while the five failures come and go (VERIFICATIONS=1000 RATE=500 FAILURES=25)
	@$(FORGET)
	@exec $(MVN) -B -pl system-tests -am verify -Dtest.excluded-groups=cluster -Dit.test='VerifierSoakST,BrokenSinkST' \
		-Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
		-Dsoak.verifications=$(or $(VERIFICATIONS),1000) \
		-Dsoak.rate=$(or $(RATE),500) -Dsoak.failures=$(or $(FAILURES),25)

build: maven ## build everything now, without tests
	@echo "Building (the first time it also downloads libraries, which takes some minutes) …"
	@start=$$(date +%s); $(MVN) -q -B -DskipTests package && mkdir -p target && touch $(STAMP) \
		&& echo "Built in $$(($$(date +%s) - start)) s."

PEER = benchmarks/jdbc-sink

bench-sink: built ## our sink beside Debezium's JDBC sink and plain SQL (EVENTS=500000 ROUNDS=3 PARTS=… REPORT=report)
	@[ $(PEER)/target/plugins/debezium-jdbc -nt $(PEER)/pom.xml ] || { \
		echo "Getting Debezium's JDBC sink (40 MB, once) …"; \
		$(MVN) -q -B -f $(PEER)/pom.xml package && touch $(PEER)/target/plugins/debezium-jdbc \
			|| echo "warning: it cannot be had; its columns will be absent" >&2; }
	@exec "$(JAVA)" -Xmx1500m -jar benchmarks/target/benchmarks.jar

bench-verifier: built ## our verifier beside the plainest digests in SQL (ROWS=5000000 ROUNDS=3 REPORT=report)
	@[ -e benchmarks/target/benchmarks.jar ] || $(MAKE) --no-print-directory build
	@exec "$(JAVA)" -Xmx256m -cp benchmarks/target/benchmarks.jar dev.failureaware.cdc.benchmarks.BenchVerifier

exit-codes: jar ## what the exit codes mean
	@$(STACK) --help

# Builds when the build never finished, a part of it is missing, or a source is newer.
built: java
	@stale=; \
	for f in $(STAMP) $(JAR) benchmarks/target/benchmarks.jar kafka-runtime/target/libs connector/target/plugins \
			$(SERVICES:%=%/target/quarkus-app/quarkus-run.jar); do \
		[ -e "$$f" ] || stale=1; \
	done; \
	if [ -z "$$stale" ]; then \
		stale=$$(find pom.xml */pom.xml */src/main -type f -newer $(STAMP) 2>/dev/null | head -n 1); \
	fi; \
	[ -z "$$stale" ] || $(MAKE) --no-print-directory build

jar: java
	@[ -e $(JAR) ] || { echo "error: not built yet. Run: make build" >&2; exit 3; }

# A message of ours instead of a stack trace or of the shell's.
java:
	@version=$$("$(JAVA)" -version 2>&1 | sed -n 's/.* version "\([0-9][0-9]*\).*/\1/p' | head -n 1); \
	if [ -z "$$version" ]; then \
		echo "error: no Java found ($(JAVA)). Install a JDK 17 or later, or set JAVA_HOME to one." >&2; exit 3; \
	elif [ "$$version" -lt 17 ]; then \
		echo "error: $(JAVA) is Java $$version; a JDK 17 or later is needed. Set JAVA_HOME to one." >&2; exit 3; \
	fi

maven: java
	@command -v "$(MVN)" >/dev/null 2>&1 || { \
		echo "error: Maven ($(MVN)) not found. Install Maven 3.8.6 or later; the stack is built with it." >&2; exit 3; }
	@[ -x "$(dir $(JAVA))javac" ] || command -v javac >/dev/null 2>&1 || { \
		echo "error: $(JAVA) belongs to a runtime without compiler. Install a JDK 17 or later, or set JAVA_HOME." >&2; exit 3; }

# --- Kubernetes ------------------------------------------------------------------------------------------------------------
# kind-* work on a cluster of kind named cdc; cluster-* on any other, which is then named: CONTEXT=… (see kind/cluster.sh).

.PHONY: images kind-up kind-demo kind-down cluster-operator cluster-install cluster-demo cluster-uninstall built-for-images
IMAGE_NAMES = $(SERVICES) connect
VERSION = $(shell sed -n 's:.*<version>\(.*\)</version>.*:\1:p' pom.xml | head -n 1)
KIND_CLUSTER ?= cdc
MAVEN_IMAGE = docker.io/library/maven:3.9.11-eclipse-temurin-21

images: built-for-images ## container images of all parts (REGISTRY=HOST/PATH to push them; see images/build.sh)
	@exec images/build.sh $(NAMES)

kind-up: ## a cluster on this machine by kind: images, Strimzi, our chart, first proof that source and sink agree
	@KIND_CLUSTER=$(KIND_CLUSTER) kind/cluster.sh kind-cluster
	@REGISTRY= ENGINE=docker $(MAKE) --no-print-directory images NAMES="$(IMAGE_NAMES)"
	@KIND_CLUSTER=$(KIND_CLUSTER) IMAGES="$(IMAGE_NAMES:%=failure-aware-cdc/%:$(VERSION))" kind/cluster.sh kind-load
	@CONTEXT=kind-$(KIND_CLUSTER) kind/cluster.sh operator
	@CONTEXT=kind-$(KIND_CLUSTER) kind/cluster.sh install

kind-demo: ## run the five failures in kind's cluster and write their report (REPORT=report)
	@CONTEXT=kind-$(KIND_CLUSTER) exec kind/cluster.sh demo

kind-down: ## remove kind's cluster with everything in it
	@KIND_CLUSTER=$(KIND_CLUSTER) exec kind/cluster.sh kind-delete

cluster-operator: ## Strimzi's operator in the cluster of CONTEXT
	@exec kind/cluster.sh operator

cluster-install: ## our chart in the cluster of CONTEXT (HELM_ARGS="--set images.registry=…")
	@exec kind/cluster.sh install

cluster-demo: ## run the five failures in the cluster of CONTEXT and write their report (REPORT=report)
	@exec kind/cluster.sh demo

cluster-uninstall: ## remove our chart, Strimzi's and the namespace from the cluster of CONTEXT
	@exec kind/cluster.sh uninstall

# By Maven on this machine, or in a container where there is only Docker. Files must be readable by any user of an image.
built-for-images:
	@umask 022; \
	if command -v "$(MVN)" >/dev/null 2>&1 && command -v "$(JAVA)" >/dev/null 2>&1; then \
		exec $(MAKE) --no-print-directory built; \
	elif docker info >/dev/null 2>&1; then \
		echo "No Java and Maven here: building in a container (the first time it also downloads libraries) …"; \
		mkdir -p target/maven-home && exec docker run --rm -u "$$(id -u):$$(id -g)" -v "$$PWD:/src" -w /src \
			-e HOME=/src/target/maven-home -e MAVEN_CONFIG=/src/target/maven-home/.m2 $(MAVEN_IMAGE) \
			mvn -q -B -DskipTests -Duser.home=/src/target/maven-home package; \
	else \
		echo "error: to build the images, install a JDK 17 or later and Maven, or Docker." >&2; exit 3; \
	fi

# --- the chart --------------------------------------------------------------------------------------------------------------

.PHONY: test-chart render

test-chart: maven ## tests of the Helm chart; no cluster and no helm needed
	@exec $(MVN) -B -pl chart-tests verify

render: maven ## write what is made from the chart: its README and k8s/jobs
	@exec $(MVN) -q -B -pl chart-tests -Dtest=GeneratedFilesTest -Drender=true test
