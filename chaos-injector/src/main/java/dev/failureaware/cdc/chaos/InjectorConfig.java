package dev.failureaware.cdc.chaos;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where the pipeline's parts are, and how patient the injector is. */
@ConfigMapping(prefix = "injector")
public interface InjectorConfig {

    /** Where the pipeline runs, and so how it is broken. */
    @WithDefault("local")
    PlatformName platform();

    /** Used on the platform {@code kubernetes} alone. */
    Kubernetes kubernetes();

    /** Read anew for each run, so that it can be edited without a restart. */
    @WithDefault("scenario.json")
    Path scenario();

    /**
     * What has to be undone if this process dies; must survive it, and belongs to one injector alone. On Kubernetes it is kept
     * in a ConfigMap instead.
     */
    @WithDefault("chaos-journal.ndjson")
    Path journal();

    /** Folder of report.json, report.html and junit.xml; made when missing. */
    @WithDefault("report")
    Path reportDir();

    @WithDefault("http://127.0.0.1:8089")
    URI verifierUrl();

    @WithDefault("http://127.0.0.1:8083")
    URI connectUrl();

    /** Of the one-machine stack; nothing on Kubernetes. */
    @WithDefault("http://127.0.0.1:8099")
    URI supervisorUrl();

    @WithDefault("http://127.0.0.1:8092")
    URI loadGeneratorUrl();

    /** Name of the connector in Kafka Connect; on Kubernetes also of its KafkaConnector. */
    @WithDefault("shop")
    @NotBlank String connector();

    /** The connector's replication slot: its reader shows whether a new task really streams. */
    @WithDefault("cdc_slot")
    @NotBlank String slot();

    /** How long before a failure is due the steady state is verified; a fenced verification takes about a second. */
    @WithDefault("5s")
    @DurationMin(millis = 0)
    @DurationMax(minutes = 10)
    Duration steadyLead();

    /** Pause between two looks at something that is awaited. */
    @WithDefault("500ms")
    @DurationMin(millis = 10)
    @DurationMax(seconds = 30)
    Duration pollInterval();

    /** Distance of the samples of which the highest lag is taken. */
    @WithDefault("500ms")
    @DurationMin(millis = 50)
    @DurationMax(seconds = 30)
    Duration lagInterval();

    /** Limit of one HTTP call or SQL statement. */
    @WithDefault("10s")
    @DurationMin(millis = 100)
    @DurationMax(minutes = 5)
    Duration callTimeout();

    /** Limit of one step of a fault or of its revert, for instance until the connector is running again. */
    @WithDefault("60s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 30)
    Duration stepTimeout();

    /** How long a killed worker may stay away before the platform is asked to start it. */
    @WithDefault("10s")
    @DurationMin(millis = 0)
    @DurationMax(minutes = 10)
    Duration restartPatience();

    enum PlatformName {
        /** Processes of this machine, asked for at the one-machine stack's supervisor. */
        LOCAL,
        /** Pods and Strimzi's resources in one namespace. */
        KUBERNETES
    }

    /** Names of what is broken and of what the injector keeps its own things in. */
    interface Kubernetes {

        /** Of everything below; by default the injector's own. */
        Optional<String> namespace();

        /** The sink-consumer's Deployment; without it no lag fault is possible. */
        Optional<String> sinkConsumer();

        /** The KafkaConnect whose pods run the connector; without it no restart fault is possible. */
        Optional<String> connect();

        /** ConfigMap that keeps what has to be undone. Has to be there: only its data is changed. */
        @WithDefault("cdc-chaos-journal")
        @NotBlank String journal();

        /** ConfigMap that keeps the last report. Has to be there: only its data is changed. */
        @WithDefault("cdc-chaos-report")
        @NotBlank String report();

        /** Lease whose holder alone breaks and heals. Has to be there, with or without a holder. */
        @WithDefault("cdc-chaos-injector")
        @NotBlank String lease();

        /** How long an injector that vanished keeps its successor waiting; one that ends in peace lets go at once. */
        @WithDefault("20s")
        @DurationMin(seconds = 3)
        @DurationMax(minutes = 10)
        Duration leaseDuration();

        /** This injector's pod: holder of the lease, reporter of Events. Without it a name is made up at each start. */
        Optional<String> podName();
    }
}
