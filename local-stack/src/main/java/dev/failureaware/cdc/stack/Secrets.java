package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * One file per password, made at the first start and kept: folders 0700, files 0600. A secret travels by file or by a
 * child's environment, never on a command line.
 */
record Secrets(Path folder) {
    private static final int BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    Path superuser(Part database) {
        return folder.resolve(database.label()).resolve("postgres");
    }

    Path role(Part database, String role) {
        // Debezium's password lies alone in a folder: that folder is all that the worker's configuration provider may
        // read.
        return role.equals(Databases.REPLICATOR)
                ? connectFolder().resolve(role)
                : folder.resolve(database.label()).resolve(role);
    }

    Path connectFolder() {
        return folder.resolve("connect");
    }

    Path apiToken() {
        return folder.resolve("api-token");
    }

    /** Makes what is missing. */
    void create() throws IOException {
        for (var database : Databases.ROLES.keySet()) {
            generate(superuser(database));
            for (var role : Databases.ROLES.get(database)) {
                generate(role(database, role));
            }
        }
        generate(apiToken());
    }

    private void generate(Path file) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (Files.exists(file) && Files.size(file) > 0) {
            return;
        }
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(bytes));
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
