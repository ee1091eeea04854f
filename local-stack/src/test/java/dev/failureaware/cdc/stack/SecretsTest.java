package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    @TempDir
    Path folder;

    @Test
    void onlyTheirOwnerCanReadThem() throws Exception {
        var secrets = new Secrets(folder.resolve("secrets"));

        secrets.create();

        for (var path : all(secrets)) {
            var expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(path.toString())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aSecondStartKeepsThem() throws Exception {
        var secrets = new Secrets(folder.resolve("secrets"));
        secrets.create();
        var before = Secrets.read(secrets.apiToken());

        secrets.create();

        assertThat(Secrets.read(secrets.apiToken())).isEqualTo(before).hasSize(48);
    }

    @Test
    void theFolderThatConnectMayReadHoldsDebeziumsPasswordOnly() throws Exception {
        var secrets = new Secrets(folder.resolve("secrets"));

        secrets.create();

        try (var files = Files.list(secrets.connectFolder())) {
            assertThat(files).containsExactly(secrets.connectFolder().resolve(Databases.REPLICATOR));
        }
    }

    private static List<Path> all(Secrets secrets) throws Exception {
        try (var paths = Files.walk(secrets.folder())) {
            return paths.toList();
        }
    }
}
