package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.SchemaPolicy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Hands the settings on schemas to those who follow them. */
class SchemaSettings {
    @Produces
    @Singleton
    SchemaPolicy policy(SinkConfig config) {
        return new SchemaPolicy(config.missingTables(), config.onDrop(), config.onRename(), config.onNarrowing());
    }
}
