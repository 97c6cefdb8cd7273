package dev.repofleet.worker.webhook;

import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * Where notices go, and the key they are signed with. Immutable; {@link #toString()} shows neither,
 * since the address of many services is a secret itself.
 */
public final class Webhook {
  /** An {@code https} address, or an {@code http} one on this machine. */
  public static final String URL = "REPOFLEET_WEBHOOK_URL";

  /** {@code whsec_} and 24 to 64 bytes in Base64, as Standard Webhooks has them. */
  public static final String SECRET = "REPOFLEET_WEBHOOK_SECRET";

  private static final String PREFIX = "whsec_";
  private static final int LEAST_BYTES = 24;
  private static final int MOST_BYTES = 64;
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");

  private final HttpUrl url;
  private final Optional<byte[]> key;

  private Webhook(HttpUrl url, Optional<byte[]> key) {
    this.url = url;
    this.key = key;
  }

  /**
   * Reads the two variables; empty when there is no address.
   *
   * @throws IllegalArgumentException naming the variable that can't be used, never its value
   */
  public static Optional<Webhook> of(Map<String, String> environment) {
    String address = environment.getOrDefault(URL, "").strip();
    String secret = environment.getOrDefault(SECRET, "").strip();
    if (address.isEmpty()) {
      if (!secret.isEmpty()) {
        throw new IllegalArgumentException(SECRET + " is set, but " + URL + " is not");
      }
      return Optional.empty();
    }
    return Optional.of(
        new Webhook(url(address), secret.isEmpty() ? Optional.empty() : Optional.of(key(secret))));
  }

  private static HttpUrl url(String address) {
    HttpUrl url = HttpUrl.parse(address);
    boolean secure = url != null && (url.isHttps() || THIS_MACHINE.contains(url.host()));
    if (!secure || !url.username().isEmpty() || !url.password().isEmpty()) {
      throw new IllegalArgumentException(
          URL
              + " is no address a webhook can have: take https://HOST/PATH without a login in it,"
              + " or http:// on this machine");
    }
    return url;
  }

  private static byte[] key(String secret) {
    if (secret.startsWith(PREFIX)) {
      try {
        byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        if (key.length >= LEAST_BYTES && key.length <= MOST_BYTES) {
          return key;
        }
      } catch (IllegalArgumentException e) {
        // Said below, without the value.
      }
    }
    throw new IllegalArgumentException(
        SECRET
            + " is no key of a webhook: take "
            + PREFIX
            + " and 24 to 64 random bytes in Base64, as of"
            + " printf 'whsec_%s' \"$(openssl rand -base64 32)\"");
  }

  HttpUrl url() {
    return url;
  }

  Optional<byte[]> key() {
    return key.map(byte[]::clone);
  }

  /** No part of the address: where its path is no secret, its host may be one. */
  @Override
  public String toString() {
    return "the webhook in " + URL;
  }
}
