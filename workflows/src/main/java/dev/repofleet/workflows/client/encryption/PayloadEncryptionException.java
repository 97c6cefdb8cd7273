package dev.repofleet.workflows.client.encryption;

import io.temporal.common.converter.DataConverterException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A payload that this process can't decrypt. Its message says what to set, and is for a person. */
public final class PayloadEncryptionException extends DataConverterException {
  private static final long serialVersionUID = 1L;

  private PayloadEncryptionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The one that a failure is, or was caused by; clients wrap it in what they were asked for. */
  public static Optional<PayloadEncryptionException> in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PayloadEncryptionException found) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** The key is not one of this process's. */
  public static PayloadEncryptionException unknown(String id) {
    return new PayloadEncryptionException(
        "Temporal's payloads are encrypted with key '%s', which this process has not: add it to %s"
            .formatted(id, EncryptionKeys.VARIABLE),
        null);
  }

  /** The key is there, and the payload was not encrypted with it, or was changed since. */
  static PayloadEncryptionException changed(String id, @Nullable Throwable cause) {
    return new PayloadEncryptionException(
        ("a payload of Temporal does not fit key '%s': another key has that id here, or the payload"
                + " was changed")
            .formatted(id),
        cause);
  }
}
