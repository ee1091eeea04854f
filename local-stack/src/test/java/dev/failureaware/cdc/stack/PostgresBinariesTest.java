package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresBinariesTest {
    @TempDir
    Path folder;

    @Test
    void modesAndLinksAreKept() throws Exception {
        var target = folder.resolve("postgresql");

        PostgresBinaries.unpack(archive("bin/postgres"), target);

        assertThat(target.resolve("bin/postgres")).isExecutable();
        assertThat(target.resolve("share/readme")).isReadable();
        assertThat(Files.isExecutable(target.resolve("share/readme"))).isFalse();
        assertThat(Files.readSymbolicLink(target.resolve("lib/libpq.so"))).isEqualTo(Path.of("libpq.so.5"));
    }

    @Test
    void anUnpackingThatFailsLeavesNoFolderThatLooksComplete() {
        var target = folder.resolve("postgresql");

        assertThatThrownBy(() -> PostgresBinaries.unpack(cutShort(archive("bin/postgres")), target))
                .isInstanceOf(IOException.class);

        assertThat(target).doesNotExist();
    }

    @Test
    void theNextTryStartsOver() throws Exception {
        var target = folder.resolve("postgresql");
        Files.createDirectories(folder.resolve("postgresql.partial/bin/postgres"));

        PostgresBinaries.unpack(archive("bin/postgres"), target);

        assertThat(target.resolve("bin/postgres")).isRegularFile();
    }

    @Test
    void aPathThatLeavesTheFolderIsRefused() {
        assertThatThrownBy(() -> PostgresBinaries.unpack(archive("../../evil"), folder.resolve("postgresql")))
                .hasMessageContaining("outside");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz",
        "Linux, aarch64, postgres-linux-arm_64.txz",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz"
    })
    void thePlatformChoosesTheArchive(String system, String processor, String archive) {
        assertThat(PostgresBinaries.archiveName(system, processor)).isEqualTo(archive);
    }

    private static InputStream cutShort(InputStream archive) throws IOException {
        var bytes = archive.readAllBytes();
        return new ByteArrayInputStream(bytes, 0, bytes.length / 2);
    }

    private static InputStream archive(String program) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new XZCompressorOutputStream(bytes))) {
            add(tar, program, 0755);
            add(tar, "share/readme", 0644);
            var link = new TarArchiveEntry("lib/libpq.so", TarConstants.LF_SYMLINK);
            link.setLinkName("libpq.so.5");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static void add(TarArchiveOutputStream tar, String name, int mode) throws IOException {
        var content = name.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(name, true);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
