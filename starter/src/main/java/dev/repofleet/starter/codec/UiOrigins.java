package dev.repofleet.starter.codec;

import java.net.URI;
import java.util.Set;
import java.util.TreeSet;

/** What a browser tells as the origin of pages of one UI. */
public final class UiOrigins {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");

  private UiOrigins() {}

  /**
   * Scheme, host and port. A UI on loopback has two names.
   *
   * @throws IllegalArgumentException when it is no web address
   */
  public static Set<String> of(URI ui) {
    String host = ui.getHost();
    if (host == null || !("http".equals(ui.getScheme()) || "https".equals(ui.getScheme()))) {
      throw new IllegalArgumentException("'" + ui + "' is no web address of Temporal's UI");
    }
    Set<String> origins = new TreeSet<>();
    for (String name : LOOPBACK.contains(host) ? LOOPBACK : Set.of(host)) {
      origins.add(ui.getScheme() + "://" + name + (ui.getPort() < 0 ? "" : ":" + ui.getPort()));
    }
    return origins;
  }
}
