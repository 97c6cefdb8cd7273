package dev.repofleet.e2b;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A SOCKS5 proxy that a sandbox's connections to the outside go through. Immutable; {@link
 * #toString()} shows the address alone.
 *
 * @param address host and port, for example {@code proxy.example.com:1080}
 * @param username at most 255 bytes; null asks as nobody
 * @param password at most 255 bytes; the API never tells it again
 */
public record EgressProxy(String address, @Nullable String username, @Nullable String password) {
  /** RFC 1929 has one byte for the length. */
  private static final int MAX_BYTES = 255;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the address is no host with a port, or name or password are
   *     empty or too long; the message shows neither
   */
  public EgressProxy {
    if (!address.matches("[^\\s/@]+:[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "an egress proxy is a host with a port, as in proxy.example.com:1080");
    }
    check("username", username);
    check("password", password);
  }

  private static void check(String what, @Nullable String value) {
    if (value == null) {
      return;
    }
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "an egress proxy's %s has 1 to %d bytes, not %d".formatted(what, MAX_BYTES, bytes));
    }
  }

  /** A proxy that asks for no password. */
  public static EgressProxy of(String address) {
    return new EgressProxy(address, null, null);
  }

  /** The same as somebody. */
  public EgressProxy as(String name, String secret) {
    return new EgressProxy(
        address,
        Objects.requireNonNull(name, "username"),
        Objects.requireNonNull(secret, "password"));
  }

  @Override
  public String toString() {
    return "EgressProxy[" + address + "]";
  }
}
