package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who the servers and services run as. Root hands them to an unprivileged user, because PostgreSQL refuses to run as root and
 * nothing here needs to; anybody else runs them as himself.
 */
final class ServerUser {
    /** {@code nobody} on every Linux we know of; no account needs to exist for it. */
    static final int NOBODY = 65534;

    private final boolean switching;
    private final List<String> prefix;

    private ServerUser(boolean switching, List<String> prefix) {
        this.switching = switching;
        this.prefix = prefix;
    }

    static ServerUser of(Layout layout) {
        if (!runsAsRoot()) {
            return new ServerUser(false, sessionPrefix());
        }
        if (!onPath("setpriv")) {
            throw StackException.notStarted(
                    "running as root needs setpriv (package util-linux) to run the servers as an unprivileged user; install it, or run as an ordinary user");
        }
        var prefix = new ArrayList<>(sessionPrefix());
        prefix.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        var reachable = Stream.of(layout.home(), layout.state(), Path.of(System.getProperty("java.home")))
                .allMatch(ServerUser::othersMayTraverse);
        if (!reachable) {
            // The right to look through closed folders, and nothing else. access(2) only honours it for another user
            // than
            // root when identity changes leave capabilities alone, hence the secure bit; the exec still drops all
            // others.
            prefix.addAll(List.of(
                    "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup"));
        }
        return new ServerUser(true, List.copyOf(prefix));
    }

    static boolean runsAsRoot() {
        return new com.sun.security.auth.module.UnixSystem().getUid() == 0;
    }

    /** A session of its own: a Ctrl-C in the terminal reaches the foreground command only. Both tools exec, so the pid stays. */
    static List<String> sessionPrefix() {
        return onPath("setsid") ? List.of("setsid") : List.of();
    }

    static boolean onPath(String program) {
        return Arrays.stream(
                        System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static boolean othersMayTraverse(Path folder) {
        for (var path = existing(folder); path != null; path = path.getParent()) {
            try {
                if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private static Path existing(Path folder) {
        var path = folder;
        while (!Files.exists(path)) {
            path = path.getParent();
        }
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    List<String> command(List<String> command) {
        return Stream.concat(prefix.stream(), command.stream()).toList();
    }

    /** Makes a file or a whole folder the servers' own; nothing to do unless they run as somebody else. */
    void own(Path root) throws IOException {
        if (!switching) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                give(folder);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                give(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void give(Path path) throws IOException {
        if ((int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS) != NOBODY) {
            Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", NOBODY, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
