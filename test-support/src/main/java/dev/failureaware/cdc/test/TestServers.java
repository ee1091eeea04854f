package dev.failureaware.cdc.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who provides the servers of a {@code @QuarkusTest}. The system property {@value #CHOICE} decides when it is set to
 * {@code embedded} or {@code dev-services}; otherwise an engine that answers at {@code DOCKER_HOST}, or at its usual
 * socket, means Dev Services.
 */
enum TestServers {
    EMBEDDED,
    DEV_SERVICES;

    static final String CHOICE = "cdc.test.servers";

    static TestServers chosen() {
        return Choice.MADE;
    }

    /** Asked once per JVM and class loader: an engine does not come and go during a test run. */
    private static final class Choice {
        static final TestServers MADE = make();

        private static TestServers make() {
            var wanted = System.getProperty(CHOICE);
            if (wanted != null) {
                return switch (wanted) {
                    case "embedded" -> EMBEDDED;
                    case "dev-services" -> DEV_SERVICES;
                    default ->
                        throw new IllegalArgumentException(
                                CHOICE + "=" + wanted + ": allowed are embedded and dev-services");
                };
            }
            return engineAddress().filter(Choice::answers).isPresent() ? DEV_SERVICES : EMBEDDED;
        }

        private static Optional<SocketAddress> engineAddress() {
            var host = Optional.ofNullable(System.getenv("DOCKER_HOST")).orElse("unix:///var/run/docker.sock");
            var uri = URI.create(host);
            return switch (String.valueOf(uri.getScheme())) {
                case "unix" -> Optional.of(UnixDomainSocketAddress.of(uri.getPath()));
                case "tcp", "http" -> Optional.of(new InetSocketAddress(uri.getHost(), uri.getPort()));
                default -> Optional.empty();
            };
        }

        /** A socket file may outlive its engine, so an answer is asked for. */
        private static boolean answers(SocketAddress address) {
            try (var channel = address instanceof UnixDomainSocketAddress
                    ? SocketChannel.open(StandardProtocolFamily.UNIX)
                    : SocketChannel.open()) {
                channel.connect(address);
                channel.write(ByteBuffer.wrap(
                        "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                var answer = ByteBuffer.allocate(64);
                channel.read(answer);
                return new String(answer.array(), StandardCharsets.US_ASCII).contains(" 200 ");
            } catch (IOException e) {
                return false;
            }
        }
    }
}
