package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Debezium's names of topics. */
@ApplicationScoped
class Topics {
    private final String prefix;
    private final Set<String> excluded;

    @Inject
    Topics(VerifierConfig config) {
        this(config.topicPrefix(), config.excludedTables());
    }

    Topics(String prefix, List<String> excludedTables) {
        this.prefix = prefix;
        this.excluded =
                excludedTables.stream().map(TableId::parse).map(this::of).collect(Collectors.toSet());
    }

    String messages() {
        return prefix + ".message";
    }

    /** Characters that Kafka does not allow become underscores, so two tables may share a topic. */
    String of(TableId table) {
        return (prefix + "." + table.schema() + "." + table.name()).replaceAll("[^a-zA-Z0-9._-]", "_");
    }

    /** Topics of tables have two names behind the prefix; messages, transactions and heartbeats have one or none. */
    boolean isData(String topic) {
        return topic.startsWith(prefix + ".")
                && topic.indexOf('.', prefix.length() + 1) > 0
                && !excluded.contains(topic);
    }
}
