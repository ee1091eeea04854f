package dev.failureaware.cdc.chaos.platform;

import java.util.Optional;

/** Sees to it that of several injectors one alone breaks or heals anything. */
public interface Leadership extends AutoCloseable {

    /** Told in turn, beginning with a gain; must return at once. */
    interface Listener {
        void gained();

        /** What was broken is left as it is: whoever leads next lifts it. */
        void lost();
    }

    /** Takes part from now on, until it is closed. Where nobody else leads, the gain may come before this returns. */
    void begin(Listener listener);

    boolean leads();

    /** Who leads, as far as known. */
    Optional<String> holder();

    /** Lets go, so that another one can lead at once. */
    @Override
    void close();
}
