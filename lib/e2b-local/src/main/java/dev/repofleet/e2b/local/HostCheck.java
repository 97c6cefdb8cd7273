package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.wire.SandboxAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges the Host header: a page in a browser can make its own name point to 127.0.0.1, but it
 * can't forge this header. Stateless.
 */
final class HostCheck {
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?");
  private static final Pattern SANDBOX =
      Pattern.compile("(\\d{1,5})-([a-z0-9]+)\\.localhost(:\\d{1,5})?");

  private HostCheck() {}

  /** Whether a request for this host may be for this server. */
  static boolean allowed(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return LOOPBACK.matcher(lower).matches() || SANDBOX.matcher(lower).matches();
  }

  /** The sandbox and port that a host names by {@code <port>-<id>.localhost}. */
  static Optional<SandboxAddress> address(@Nullable String host) {
    if (host == null) {
      return Optional.empty();
    }
    Matcher matcher = SANDBOX.matcher(host.toLowerCase(Locale.ROOT));
    return matcher.matches()
        ? Optional.of(new SandboxAddress(matcher.group(2), Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }
}
