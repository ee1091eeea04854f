package dev.failureaware.cdc.load;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** The endpoint changes something or makes work: it answers 401 without the right {@code Authorization: Bearer} header. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@interface TokenNeeded {}
