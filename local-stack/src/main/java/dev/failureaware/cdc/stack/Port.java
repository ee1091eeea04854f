package dev.failureaware.cdc.stack;

/** The listening ports of the stack, all on the loopback address. */
enum Port {
    SOURCE(5432),
    SINK(5433),
    KAFKA(9092),
    KAFKA_CONTROLLER(9093),
    CONNECT(8083),
    VERIFIER(8089),
    SINK_CONSUMER(8090),
    INJECTOR(8091),
    LOAD_GENERATOR(8092),
    SUPERVISOR(8099);

    static final String HOST = "127.0.0.1";

    private final int usual;

    Port(int usual) {
        this.usual = usual;
    }

    int usual() {
        return usual;
    }

    /** The environment variable that asks for another port. */
    String variable() {
        return name() + "_PORT";
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
