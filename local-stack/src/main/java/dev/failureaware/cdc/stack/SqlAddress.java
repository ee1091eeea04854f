package dev.failureaware.cdc.stack;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** A database server of the stack as seen by one user. */
record SqlAddress(int port, String user, Path passwordFile) {

    Connection connect(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", Secrets.read(passwordFile));
        properties.setProperty("ApplicationName", "local-stack");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "5");
        // Statements go out as text, so that a file may hold any statement, DO blocks included.
        properties.setProperty("preferQueryMode", "simple");
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(Port.HOST, port, database), properties);
    }

    boolean answers(String database) {
        try (var connection = connect(database);
                var statement = connection.createStatement()) {
            return statement.execute("SELECT 1");
        } catch (SQLException e) {
            return false;
        }
    }
}
