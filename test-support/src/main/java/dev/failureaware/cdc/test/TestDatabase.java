package dev.failureaware.cdc.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** A database and the role that enters it. Every call below uses a connection of its own and commits. */
public record TestDatabase(String host, int port, String name, String user, String password) {

    static TestDatabase ofReactiveUrl(String reactiveUrl, String user, String password) {
        var uri = URI.create(reactiveUrl.replaceFirst("^vertx-reactive:", ""));
        return new TestDatabase(uri.getHost(), uri.getPort(), uri.getPath().substring(1), user, password);
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host, port, name);
    }

    /** The form that {@code quarkus.datasource.reactive.url} takes. */
    public String reactiveUrl() {
        return "vertx-reactive:postgresql://%s:%d/%s".formatted(host, port, name);
    }

    /** The same database, entered as another role, which must exist; called as superuser, for it sets a password. */
    public TestDatabase as(String role) {
        execute("ALTER ROLE \"%s\" PASSWORD 'test'".formatted(role));
        return new TestDatabase(host, port, name, role, "test");
    }

    public Connection connect() throws SQLException {
        var source = new PGSimpleDataSource();
        source.setURL(jdbcUrl());
        source.setUser(user);
        source.setPassword(password);
        return source.getConnection();
    }

    /** Runs SQL text of one or many statements, as one transaction. */
    public void execute(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in: " + sql, e);
        }
    }

    /** Rows as maps of column name to value, in the order of the columns. */
    public List<Map<String, Object>> query(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var columns = result.getMetaData();
            var rows = new ArrayList<Map<String, Object>>();
            while (result.next()) {
                var row = new LinkedHashMap<String, Object>();
                for (var i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(columns.getColumnLabel(i), result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage() + " in: " + sql, e);
        }
    }

    /** The only column of the only row. */
    public Object value(String sql) {
        var rows = query(sql);
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new IllegalStateException("expected one value, got " + rows + " from: " + sql);
        }
        return rows.get(0).values().iterator().next();
    }

    public long count(String table) {
        return (Long) value("SELECT count(*) FROM " + table);
    }

    /** Roles, tables, triggers and publication of the source, as deployed, without rows. Called as superuser. */
    public TestDatabase withSourceSchema() {
        runFile("source/roles.sql");
        as("cdc_owner").runFile("source/schema.sql");
        return this;
    }

    /** The rows that every deployment starts with; after {@link #withSourceSchema()}. Called as superuser. */
    public TestDatabase withSourceSeed() {
        as("cdc_loader").runFile("source/seed.sql");
        return this;
    }

    /** The sink's roles, as deployed. Called as superuser. */
    public TestDatabase withSinkRoles() {
        runFile("sink/roles.sql");
        return this;
    }

    /** The answer to the one question in an SQL file of the repository. */
    public List<Map<String, Object>> queryFile(String file) {
        return query(read(file));
    }

    /** Runs an SQL file of the repository, named from the repository's root. */
    public void runFile(String file) {
        execute(read(file));
    }

    private static String read(String file) {
        try {
            return Files.readString(Repository.file(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
