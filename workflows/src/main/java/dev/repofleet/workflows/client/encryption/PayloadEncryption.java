package dev.repofleet.workflows.client.encryption;

import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.payload.codec.PayloadCodec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Encryption of payloads as an environment asks for it. */
public final class PayloadEncryption {
  /** Whether a process without keys may come to a server at all. */
  private static final String VARIABLE = "REPOFLEET_ENCRYPTION";

  private PayloadEncryption() {}

  /**
   * The keys by the first {@link PayloadKeys.Provider} that is set up, else by {@link
   * EncryptionKeys}.
   *
   * @return nothing when no keys are set, and {@value #VARIABLE} does not require them
   * @throws IllegalArgumentException with a sentence for a person when they are set wrongly, or
   *     required and not set
   */
  public static Optional<PayloadKeys> keys(Map<String, String> environment) {
    Optional<PayloadKeys> keys =
        KeyProviders.open(environment).or(() -> EncryptionKeys.of(environment));
    if (keys.isEmpty() && isRequired(environment)) {
      throw new IllegalArgumentException(
          ("%s is 'required', and there are no keys: set %s or %s, or let %s name the folder of a"
                  + " provider's jar")
              .formatted(
                  VARIABLE,
                  EncryptionKeys.VARIABLE,
                  EncryptionKeys.FILE_VARIABLE,
                  KeyProviders.VARIABLE));
    }
    return keys;
  }

  private static boolean isRequired(Map<String, String> environment) {
    String value = environment.getOrDefault(VARIABLE, "").strip();
    if (!value.isEmpty() && !value.equals("required")) {
      throw new IllegalArgumentException(
          VARIABLE + " is '" + value + "': write required, or leave it out");
    }
    return !value.isEmpty();
  }

  /** Encrypts with the current key, and decrypts with any of them. */
  public static PayloadCodec codec(PayloadKeys keys) {
    return new EncryptingCodec(keys);
  }

  /**
   * Converts as Temporal's default does, and encrypts: also messages and stack traces of failures,
   * which may quote what a workflow works on.
   *
   * @param keys nothing: what is encrypted can't be read, and says so by {@link
   *     PayloadEncryptionException}
   */
  public static DataConverter converter(Optional<PayloadKeys> keys) {
    return new CodecDataConverter(
        DefaultDataConverter.newDefaultInstance(), List.of(codec(keys)), keys.isPresent());
  }

  private static PayloadCodec codec(Optional<PayloadKeys> keys) {
    return keys.<PayloadCodec>map(EncryptingCodec::new).orElseGet(RefusingCodec::new);
  }

  /**
   * Why a payload can't be read with these keys: its key is missing, or another one has its id.
   *
   * @return nothing when it can, or was never encrypted
   */
  public static Optional<PayloadEncryptionException> refusal(
      Payload payload, Optional<PayloadKeys> keys) {
    try {
      codec(keys).decode(List.of(payload));
      return Optional.empty();
    } catch (PayloadEncryptionException e) {
      return Optional.of(e);
    }
  }

  /** The id of the key that a payload needs; nothing when it is not encrypted. */
  public static Optional<String> keyOf(Payload payload) {
    return EncryptingCodec.keyOf(payload);
  }

  /** Without it a process without keys would report that an encoding is unknown. */
  private static final class RefusingCodec implements PayloadCodec {
    @Override
    public List<Payload> encode(List<Payload> payloads) {
      return payloads;
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
      payloads.forEach(
          payload ->
              keyOf(payload)
                  .ifPresent(
                      id -> {
                        throw PayloadEncryptionException.unknown(id);
                      }));
      return payloads;
    }
  }
}
