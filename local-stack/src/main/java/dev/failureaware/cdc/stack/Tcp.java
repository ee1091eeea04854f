package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** The cheapest probe: does anybody listen? */
final class Tcp {
    private static final int TIMEOUT_MILLIS = 500;

    private Tcp() {}

    static boolean listens(String address) {
        var colon = address.lastIndexOf(':');
        try (var socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
