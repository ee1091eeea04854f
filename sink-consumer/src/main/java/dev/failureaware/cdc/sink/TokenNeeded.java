package dev.failureaware.cdc.sink;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** The endpoint answers 401 without the right {@code Authorization: Bearer} header. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@interface TokenNeeded {}
