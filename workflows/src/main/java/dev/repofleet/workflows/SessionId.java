package dev.repofleet.workflows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The agent's session id, derived from the work's identity: a name-based UUID (RFC 9562, version 5)
 * of the review's workflow id and its generation. A Reset in the UI therefore finds the session it
 * had; a requeue by a person gets a new one.
 */
public final class SessionId {

  /** Namespace of every session id of this project. Never changes: sessions are found by it. */
  public static final UUID NAMESPACE = UUID.fromString("6f1d9a52-6f0e-5b1c-9d0f-2b6a3f0c8e41");

  private SessionId() {}

  /** Session of a review workflow's generation; {@code generation} counts from 0. */
  public static UUID of(String workflowId, int generation) {
    return nameBased(NAMESPACE, workflowId + "\n" + generation);
  }

  /** The session that tries the findings of a generation, and knows nothing of that one's own. */
  public static UUID ofVerification(String workflowId, int generation) {
    return nameBased(NAMESPACE, workflowId + "\n" + generation + "\nverify");
  }

  static UUID nameBased(UUID namespace, String name) {
    MessageDigest sha1;
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM lacks SHA-1, which every JVM must have", e);
    }
    sha1.update(
        ByteBuffer.allocate(16)
            .putLong(namespace.getMostSignificantBits())
            .putLong(namespace.getLeastSignificantBits())
            .array());
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
    long high = (hash.getLong() & ~0xF000L) | 0x5000L;
    long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
