package dev.failureaware.cdc.sink;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.core.Future;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prepares the statements of wide tables too: by default a client keeps no statement of more than 2048 characters, and so sends
 * it to be parsed again with every batch.
 */
@Singleton
class PoolWithWideTables implements PgPoolCreator {
    /** Longer than a statement on 1600 columns, the most that PostgreSQL has, with names of ordinary length. */
    private static final int MOST_SQL_CHARACTERS = 1 << 18;

    @Override
    public Pool create(Input input) {
        var servers = input.pgConnectOptionsList();
        servers.forEach(options -> options.setPreparedStatementCacheSqlLimit(MOST_SQL_CHARACTERS));
        var turn = new AtomicInteger();
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(() ->
                        Future.succeededFuture(servers.get(Math.floorMod(turn.getAndIncrement(), servers.size()))))
                .using(input.vertx())
                .build();
    }
}
