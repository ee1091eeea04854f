package dev.failureaware.cdc.chaos;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where the pipeline's parts are, and how patient the injector is. */
@ConfigMapping(prefix = "injector")
public interface InjectorConfig {

    /** Read anew for each run, so that it can be edited without a restart. */
    @WithDefault("scenario.json")
    Path scenario();

    /** What has to be undone if this process dies; must survive it, and belongs to one injector alone. */
    @WithDefault("chaos-journal.ndjson")
    Path journal();

    /** Folder of report.json, report.html and junit.xml; made when missing. */
    @WithDefault("report")
    Path reportDir();

    @WithDefault("http://127.0.0.1:8089")
    URI verifierUrl();

    @WithDefault("http://127.0.0.1:8083")
    URI connectUrl();

    @WithDefault("http://127.0.0.1:8099")
    URI supervisorUrl();

    @WithDefault("http://127.0.0.1:8092")
    URI loadGeneratorUrl();

    /** Name of the connector in Kafka Connect. */
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
}
