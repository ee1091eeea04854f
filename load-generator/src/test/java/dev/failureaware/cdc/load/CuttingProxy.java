package dev.failureaware.cdc.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Passes bytes between clients and a server, and cuts the line around the first COMMIT once it has been armed. */
final class CuttingProxy implements Closeable {
    /** Which side of the COMMIT is lost. */
    enum Cut {
        /** The server never gets it. */
        BEFORE_COMMIT_ARRIVES,
        /** The server does it, its answer is lost. */
        BEFORE_THE_ANSWER
    }

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String host;
    private final int port;
    private volatile Cut armed;

    CuttingProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        start(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    void arm(Cut cut) {
        armed = cut;
    }

    boolean hasCut() {
        return armed == null;
    }

    private void accept() throws IOException {
        while (true) {
            var line = new Line(door.accept(), new Socket(host, port));
            start(line::passOn);
            start(line::passBack);
        }
    }

    private final class Line {
        private final Socket client;
        private final Socket server;
        private volatile boolean answerIsLost;

        Line(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void passOn() throws IOException {
            try (client;
                    server) {
                var buffer = new byte[65536];
                for (var n = client.getInputStream().read(buffer);
                        n > 0;
                        n = client.getInputStream().read(buffer)) {
                    var cut = armed;
                    if (cut != null && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("COMMIT")) {
                        armed = null;
                        if (cut == Cut.BEFORE_COMMIT_ARRIVES) {
                            return;
                        }
                        answerIsLost = true;
                    }
                    server.getOutputStream().write(buffer, 0, n);
                }
            }
        }

        void passBack() throws IOException {
            try (client;
                    server) {
                var buffer = new byte[65536];
                for (var n = server.getInputStream().read(buffer);
                        n > 0 && !answerIsLost;
                        n = server.getInputStream().read(buffer)) {
                    client.getOutputStream().write(buffer, 0, n);
                }
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** A closed socket is how every line here ends. */
    private static void start(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
