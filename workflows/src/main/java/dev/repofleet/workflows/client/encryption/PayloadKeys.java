package dev.repofleet.workflows.client.encryption;

import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * AES keys of 256 bits by their ids: one encrypts what is new, and every one that was ever used
 * decrypts. Implementations are thread-safe and answer quickly, from memory: each payload asks.
 */
public interface PayloadKeys {
  /**
   * Keys from elsewhere, such as a key management service. A {@link java.util.ServiceLoader} finds
   * it, also in the jars of the folder that {@code REPOFLEET_EXTENSIONS} names; it goes before the
   * variables of {@link EncryptionKeys}.
   */
  interface Provider {
    /**
     * Fetches the keys; called once for each connection, before it is used.
     *
     * @param environment of the process
     * @return nothing when this provider is not set up
     * @throws IllegalArgumentException with a sentence for a person when it is set up wrongly
     */
    Optional<PayloadKeys> open(Map<String, String> environment);
  }

  /** Of the key for new payloads. */
  String currentId();

  /** The key with an id, or nothing when it is not one of them. */
  Optional<SecretKey> find(String id);
}
