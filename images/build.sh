#!/bin/sh
# Builds the container images from what Maven has built: the four services, connect and connect-plugin, or those named.
#
#   images/build.sh [NAME ...]
#
#   REGISTRY   in front of the names, for instance registry.example.com/team; with it the images are also pushed
#   VERSION    the tag; by default the version in pom.xml, with -native behind it for native executables
#   FLAVOUR    jvm (default) or native
#   ENGINE     docker, podman or buildah; by default the first of them that works
#   BUILD_ARGS further words for the engine's build command, for instance --build-arg BASE_IMAGE=…
#   NO_PUSH=1  build only, although a registry is given
#
# Where no engine works but a registry is given, Jib builds the services and pushes them itself; the Connect images need an
# engine, because their base is Strimzi's.
set -eu
cd "$(dirname "$0")/.."

services="sink-consumer verifier chaos-injector load-generator"
flavour=${FLAVOUR:-jvm}
version=${VERSION:-$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' pom.xml | head -n 1)}
[ "$flavour" = jvm ] || version=${VERSION:-$version-native}
prefix=${REGISTRY:+${REGISTRY%/}/}failure-aware-cdc

fail() {
    echo "error: $*" >&2
    exit 3
}

works() {
    case $1 in
        docker | podman) command -v "$1" >/dev/null 2>&1 && "$1" info >/dev/null 2>&1 ;;
        buildah) command -v buildah >/dev/null 2>&1 ;;
        *) fail "ENGINE=$1: allowed are docker, podman and buildah" ;;
    esac
}

find_engine() {
    if [ -n "${ENGINE:-}" ]; then
        works "$ENGINE" || fail "$ENGINE does not answer. Start it, or leave ENGINE away."
        echo "$ENGINE"
        return
    fi
    for candidate in docker podman buildah; do
        if works "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

# What Maven must have left for an image, and where to look for it.
needs() {
    case $1-$flavour in
        connect-*) echo connector/target/plugins/debezium-postgres ;;
        *-jvm) echo "$1/target/quarkus-app/quarkus-run.jar" ;;
        *-native) echo "$1/target/$1-*-runner" ;;
        *) fail "FLAVOUR=$flavour: allowed are jvm and native" ;;
    esac
}

build_with_engine() {
    name=$1
    image=$prefix/$name:$version
    case $name in
        connect | connect-plugin) file=images/Dockerfile.$name context=connector ;;
        *) file=images/Dockerfile.$flavour context=$name ;;
    esac
    echo "$image"
    # Files of the image carry the time of the last commit where the engine can do that, so that equal content is an equal image.
    case $engine in
        buildah) command="buildah build --timestamp $epoch" ;;
        podman) command="podman build --timestamp $epoch" ;;
        *) command="docker build -q" ;;
    esac
    # shellcheck disable=SC2086 # words are meant
    SOURCE_DATE_EPOCH=$epoch $command ${BUILD_ARGS:-} -f "$file" -t "$image" \
        --build-arg "NAME=$name" --build-arg "VERSION=$version" "$context" >"$log" 2>&1 || {
        cat "$log" >&2
        fail "$image was not built"
    }
    if [ -n "${REGISTRY:-}" ] && [ -z "${NO_PUSH:-}" ]; then
        # shellcheck disable=SC2086
        "$engine" push ${PUSH_ARGS:-} "$image" >"$log" 2>&1 || {
            cat "$log" >&2
            fail "$image was not pushed"
        }
    fi
}

build_with_jib() {
    for name in $names; do
        case $name in
            connect | connect-plugin) echo "$prefix/$name:$version is left out: no engine to build it with" >&2 ;;
            *)
                echo "$prefix/$name:$version (Jib)"
                # shellcheck disable=SC2086
                ${MVN:-mvn} -q -B -Pimages package -DskipTests -pl "pipeline-model,$name" -am \
                    -Dquarkus.container-image.build=true -Dquarkus.container-image.push=true \
                    -Dquarkus.container-image.registry="${REGISTRY%%/*}" \
                    -Dquarkus.container-image.group="${prefix#*/}" \
                    -Dquarkus.container-image.tag="$version" ${MAVEN_ARGS:-}
                ;;
        esac
    done
}

names=${*:-"$services connect connect-plugin"}
for name in $names; do
    case " $services connect connect-plugin " in
        *" $name "*) ;;
        *) fail "no image is called $name; there are $services connect connect-plugin" ;;
    esac
done
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

engine=$(find_engine)
if [ -z "$engine" ]; then
    [ -n "${REGISTRY:-}" ] ||
        fail "no Docker, Podman or buildah answers. Start one, or give REGISTRY=HOST/PATH: then Jib builds and pushes the services."
    build_with_jib
    exit
fi
for name in $names; do
    # shellcheck disable=SC2046,SC2086 # a pattern
    ls -d $(needs "$name") >/dev/null 2>&1 ||
        fail "$name is not built yet ($(needs "$name")). Run: make build$([ "$flavour" = jvm ] || echo ", with -Pnative")"
done
for name in $names; do
    build_with_engine "$name"
done
