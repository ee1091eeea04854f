package dev.failureaware.cdc.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The PostgreSQL programs: unpacked once per version from the archive on the class path, or as they are installed. */
final class PostgresBinaries {
    private final Path folder;
    private final boolean bundled;

    private PostgresBinaries(Path folder, boolean bundled) {
        this.folder = folder;
        this.bundled = bundled;
    }

    /** @param folder has {@code bin}; of version 14 or later */
    static PostgresBinaries installed(Path folder) {
        return new PostgresBinaries(folder, false);
    }

    /** Of the one version that this build knows, with all that it can be told. */
    boolean bundled() {
        return bundled;
    }

    Path program(String name) {
        return folder.resolve("bin").resolve(name);
    }

    /** Unpacks into {@code state/postgresql-VERSION}; a folder of that name is always complete. */
    static PostgresBinaries unpack(Path state) throws IOException {
        var target = state.resolve("postgresql-" + version());
        if (!Files.isDirectory(target)) {
            var archive = archiveName(System.getProperty("os.name"), System.getProperty("os.arch"));
            try (var in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
                if (in == null) {
                    throw StackException.notStarted(
                            "no PostgreSQL binaries for this platform: %s is not on the class path (%s, %s)"
                                    .formatted(archive, System.getProperty("os.name"), System.getProperty("os.arch")));
                }
                unpack(in, target);
            }
        }
        return new PostgresBinaries(target, true);
    }

    static void unpack(InputStream archive, Path target) throws IOException {
        var partial = target.resolveSibling(target.getFileName() + ".partial");
        Folders.delete(partial);
        Files.createDirectories(partial);
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                extract(entry, tar, partial);
            }
        }
        Files.move(partial, target);
    }

    private static void extract(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        var path = root.resolve(entry.getName()).normalize();
        if (!path.startsWith(root)) {
            throw new IOException("the archive holds a path outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, path);
            var executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    static String archiveName(String system, String processor) {
        var os = system.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : system.toLowerCase(Locale.ROOT);
        var arch = switch (processor) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "arm_64";
            default -> processor;
        };
        return "postgres-" + os + "-" + arch + ".txz";
    }

    static String version() {
        var properties = new Properties();
        try (var in = PostgresBinaries.class.getResourceAsStream("versions.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("versions.properties cannot be read", e);
        }
        return properties.getProperty("postgresql");
    }
}
