package dev.failureaware.cdc.sink;

import io.quarkus.runtime.ImageMode;
import net.jpountz.lz4.LZ4Factory;
import org.jboss.logging.Logger;

/**
 * The Kafka client asks for the fastest LZ4 there is. Where its classes do not come from the system's class loader, as in every
 * packaged Quarkus application, that is the slowest one, unless the native library has been loaded already.
 */
final class NativeLz4 {
    private static final Logger LOG = Logger.getLogger(NativeLz4.class);

    private NativeLz4() {}

    /** To be called before the first consumer is made; does nothing where there is no library for this system. */
    static void load() {
        if (ImageMode.current().isNativeImage()) {
            return;
        }
        try {
            LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException failure) {
            LOG.debug("LZ4 in Java it is: there is no native library for this system, or no place for it", failure);
        }
    }
}
