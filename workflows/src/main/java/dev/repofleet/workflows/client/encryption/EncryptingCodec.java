package dev.repofleet.workflows.client.encryption;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts whole payloads, with what they say of themselves, by AES-256-GCM: 12 random bytes of
 * nonce, the ciphertext, 16 bytes of tag. A payload tells the id of its key, and that id is
 * authenticated. What is not encrypted passes unchanged when decoded, so that a fleet that begins
 * to encrypt still reads its past. Thread-safe.
 *
 * <p>Nonces are random: one key is good for some billions of payloads, and should be followed by
 * another long before.
 */
final class EncryptingCodec implements PayloadCodec {
  /** The value that Temporal's own samples and its UI know. */
  static final String ENCRYPTED = "binary/encrypted";

  static final String ENCODING = "encoding";
  static final String KEY_ID = "encryption-key-id";

  private static final String CIPHER_NAME = "encryption-cipher";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final PayloadKeys keys;
  private final SecureRandom random = new SecureRandom();

  EncryptingCodec(PayloadKeys keys) {
    this.keys = keys;
  }

  /** The key that a payload was encrypted with, or nothing for one that is not encrypted. */
  static Optional<String> keyOf(Payload payload) {
    return ENCRYPTED.equals(metadata(payload, ENCODING))
        ? Optional.of(metadata(payload, KEY_ID))
        : Optional.empty();
  }

  private static String metadata(Payload payload, String name) {
    return payload.getMetadataOrDefault(name, ByteString.EMPTY).toStringUtf8();
  }

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    String id = keys.currentId();
    SecretKey key = keys.find(id).orElseThrow(() -> PayloadEncryptionException.unknown(id));
    return payloads.stream().map(payload -> encrypted(payload, id, key)).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream()
        .map(payload -> keyOf(payload).map(id -> decrypted(payload, id)).orElse(payload))
        .toList();
  }

  private Payload encrypted(Payload payload, String id, SecretKey key) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] ciphertext =
          cipher(Cipher.ENCRYPT_MODE, key, nonce, id).doFinal(payload.toByteArray());
      return Payload.newBuilder()
          .putMetadata(ENCODING, ByteString.copyFromUtf8(ENCRYPTED))
          .putMetadata(CIPHER_NAME, ByteString.copyFromUtf8(CIPHER))
          .putMetadata(KEY_ID, ByteString.copyFromUtf8(id))
          .setData(ByteString.copyFrom(nonce).concat(ByteString.copyFrom(ciphertext)))
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a payload can't be encrypted with key " + id, e);
    }
  }

  private Payload decrypted(Payload payload, String id) {
    SecretKey key = keys.find(id).orElseThrow(() -> PayloadEncryptionException.unknown(id));
    byte[] data = payload.getData().toByteArray();
    if (data.length < NONCE_BYTES) {
      throw PayloadEncryptionException.changed(id, null);
    }
    byte[] nonce = new byte[NONCE_BYTES];
    System.arraycopy(data, 0, nonce, 0, NONCE_BYTES);
    try {
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, key, nonce, id)
              .doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES);
      return Payload.parseFrom(plain);
    } catch (AEADBadTagException | InvalidProtocolBufferException e) {
      throw PayloadEncryptionException.changed(id, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a payload can't be decrypted with key " + id, e);
    }
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String id)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((ENCRYPTED + "\n" + id).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
