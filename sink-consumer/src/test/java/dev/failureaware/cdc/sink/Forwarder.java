package dev.failureaware.cdc.sink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Listens at one address and passes everything on to another, until it is closed. */
final class Forwarder implements AutoCloseable {
    private final ServerSocket door;
    private final String[] target;

    Forwarder(String from, String to) throws IOException {
        door = new ServerSocket(Integer.parseInt(from.split(":")[1]), 50, InetAddress.getLoopbackAddress());
        target = to.split(":");
        inBackground(this::accept);
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = door.accept();
                var server = new Socket(target[0], Integer.parseInt(target[1]));
                inBackground(() -> copy(client, server));
                inBackground(() -> copy(server, client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ended) {
            // One end has closed; the other follows.
        }
    }

    private static void inBackground(Runnable work) {
        var thread = new Thread(work, "forwarder");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
