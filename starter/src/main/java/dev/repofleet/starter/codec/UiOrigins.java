package dev.repofleet.starter.codec;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a browser tells as the origin of pages of one UI. */
public final class UiOrigins {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");

  private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443);

  private UiOrigins() {}

  /**
   * Scheme, host and port as browsers write them: in lower case, and without the port that the
   * scheme stands for. A UI on loopback has two names.
   *
   * @throws IllegalArgumentException when it is no web address
   */
  public static Set<String> of(URI ui) {
    String host = lower(ui.getHost());
    String scheme = lower(ui.getScheme());
    if (host.isEmpty() || !PORTS.containsKey(scheme)) {
      throw new IllegalArgumentException("'" + ui + "' is no web address of Temporal's UI");
    }
    boolean usual = ui.getPort() < 0 || PORTS.get(scheme) == ui.getPort();
    Set<String> origins = new TreeSet<>();
    for (String name : LOOPBACK.contains(host) ? LOOPBACK : Set.of(host)) {
      origins.add(scheme + "://" + name + (usual ? "" : ":" + ui.getPort()));
    }
    return origins;
  }

  private static String lower(@Nullable String part) {
    return part == null ? "" : part.toLowerCase(Locale.ROOT);
  }
}
