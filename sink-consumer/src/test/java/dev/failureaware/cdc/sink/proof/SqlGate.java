package dev.failureaware.cdc.sink.proof;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * Stands between a client and a PostgreSQL server, reads what the client asks (protocol 3.0, no TLS) and stops the traffic at a
 * chosen statement: before the server gets it, or after the server has answered and before the client knows.
 *
 * <p>The traffic of all connections stands still from then on until {@link #open()}, so that what the test does next is done
 * exactly there. No question is cut in two, as no client that sends it in one piece would: for a server that waits for the rest of
 * a question its session is not idle, and no time-out of idle ones takes its locks away.
 */
final class SqlGate implements AutoCloseable {
    /** Parse, Bind, Describe, Execute, Close: answered only when Sync follows. */
    private static final String PARTS_OF_A_QUESTION = "PBDEC";

    /** Of a statement that the client sends. */
    enum Moment {
        BEFORE_THE_SERVER_GETS_IT,
        AFTER_ITS_ANSWER
    }

    /**
     * @param transaction statements of the connection's transaction so far, lower case, this one last
     */
    private record Trap(Predicate<List<String>> transaction, Moment moment, CountDownLatch sprung) {}

    private final ServerSocket door;
    private final int serverPort;
    private final AtomicReference<Trap> trap = new AtomicReference<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch barrier = new CountDownLatch(0);

    SqlGate(int serverPort) throws IOException {
        this.serverPort = serverPort;
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        inBackground(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** From now on the first statement that matches shuts the gate. */
    void trap(Moment moment, Predicate<List<String>> transaction) {
        trap.set(new Trap(transaction, moment, new CountDownLatch(1)));
    }

    /** Until the gate is shut; what the test finds then is what the server had at that moment. */
    void awaitSprung() throws InterruptedException {
        if (!trap.get().sprung.await(3, TimeUnit.MINUTES)) {
            throw new AssertionError("no statement came that matches");
        }
    }

    /** Lets the traffic go on, and forgets the trap. */
    void open() {
        trap.set(null);
        barrier.countDown();
    }

    /** Cuts all connections as they are: what was held back is never sent. Connections of later are let through. */
    void sever() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        sockets.clear();
        open();
    }

    private synchronized boolean springs(List<String> transaction, Moment moment) {
        var set = trap.get();
        if (set == null
                || set.sprung.getCount() == 0
                || set.moment != moment
                || !set.transaction.test(List.copyOf(transaction))) {
            return false;
        }
        barrier = new CountDownLatch(1);
        set.sprung.countDown();
        return true;
    }

    private void awaitOpen() throws InterruptedException {
        barrier.await();
    }

    private void accept() {
        try {
            while (true) {
                var client = door.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.addAll(List.of(client, server));
                var connection = new Connection();
                inBackground(() -> pass(client, server, connection::fromClient));
                inBackground(() -> pass(server, client, connection::fromServer));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private interface Direction {
        void pass(DataInputStream in, DataOutputStream out) throws IOException, InterruptedException;
    }

    private static void pass(Socket from, Socket to, Direction direction) {
        try (from;
                to) {
            direction.pass(new DataInputStream(from.getInputStream()), new DataOutputStream(to.getOutputStream()));
        } catch (IOException ended) {
            // One end has closed; the other follows.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is known of one connection: its prepared statements, its transaction, and the answers that are still to come. */
    private final class Connection {
        private final Map<String, String> prepared = new HashMap<>();
        private final List<String> transaction = new ArrayList<>();
        /** One per answer that ends with "ready for query": the transaction as it was when that was asked. */
        private final Queue<List<String>> asked = new ConcurrentLinkedQueue<>();

        void fromClient(DataInputStream in, DataOutputStream out) throws IOException, InterruptedException {
            var length = in.readInt();
            out.writeInt(length);
            out.write(in.readNBytes(length - 4));
            var question = new ArrayList<Message>();
            while (true) {
                var message = Message.read(in);
                question.add(message);
                var statement = statement(message);
                if (statement != null) {
                    if (statement.startsWith("begin") || statement.startsWith("start transaction")) {
                        transaction.clear();
                    }
                    transaction.add(statement);
                    springs(transaction, Moment.BEFORE_THE_SERVER_GETS_IT);
                }
                if (PARTS_OF_A_QUESTION.indexOf(message.type) >= 0) {
                    continue;
                }
                awaitOpen();
                if (message.type == 'Q' || message.type == 'S') {
                    asked.add(List.copyOf(transaction));
                }
                for (var part : question) {
                    part.write(out);
                }
                question.clear();
            }
        }

        private String statement(Message message) {
            return switch (message.type) {
                case 'Q' -> message.texts(1).get(0);
                case 'P' -> {
                    var texts = message.texts(2);
                    prepared.put(texts.get(0), texts.get(1));
                    yield null;
                }
                case 'B' -> prepared.getOrDefault(message.texts(2).get(1), "");
                default -> null;
            };
        }

        void fromServer(DataInputStream in, DataOutputStream out) throws IOException, InterruptedException {
            var atStart = true;
            while (true) {
                var message = Message.read(in);
                awaitOpen();
                if (message.type == 'Z') {
                    // The first one ends the start of the connection, which no statement asked for.
                    var transaction = atStart ? null : asked.poll();
                    atStart = false;
                    if (transaction != null && springs(transaction, Moment.AFTER_ITS_ANSWER)) {
                        awaitOpen();
                    }
                }
                message.write(out);
            }
        }
    }

    private record Message(char type, byte[] body) {
        static Message read(DataInputStream in) throws IOException {
            var type = in.readByte();
            var length = in.readInt() - 4;
            var body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException();
            }
            return new Message((char) type, body);
        }

        void write(DataOutputStream out) throws IOException {
            out.write(ByteBuffer.allocate(body.length + 5)
                    .put((byte) type)
                    .putInt(body.length + 4)
                    .put(body)
                    .array());
        }

        /** The first texts of the body, each of which ends with a zero byte. */
        List<String> texts(int number) {
            var texts = new ArrayList<String>();
            var start = 0;
            for (var end = 0; texts.size() < number; end++) {
                if (body[end] == 0) {
                    texts.add(new String(body, start, end - start, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT));
                    start = end + 1;
                }
            }
            return texts;
        }
    }

    private static void inBackground(Runnable work) {
        var thread = new Thread(work, "sql-gate");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        open();
        door.close();
    }
}
