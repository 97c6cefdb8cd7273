package dev.repofleet.e2b;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the API tells of a sandbox's network. The values of header rules are left out here, and a
 * proxy's password is never told.
 *
 * @param allowOut what may be reached
 * @param denyOut what may not
 * @param headerDomains domains whose requests are given headers, by name
 * @param egressProxy the address of the proxy that connections go through; null if none
 * @param allowPublicTraffic whether all may come; null if the API does not tell
 * @param maskRequestHost what programs see as {@code Host}; null if the sandbox's own
 * @param httpsPorts ports whose programs speak TLS themselves
 */
public record NetworkInfo(
    List<String> allowOut,
    List<String> denyOut,
    List<String> headerDomains,
    @Nullable String egressProxy,
    @Nullable Boolean allowPublicTraffic,
    @Nullable String maskRequestHost,
    List<Integer> httpsPorts) {

  /** Copies the lists. */
  public NetworkInfo {
    allowOut = List.copyOf(allowOut);
    denyOut = List.copyOf(denyOut);
    headerDomains = List.copyOf(headerDomains);
    httpsPorts = List.copyOf(httpsPorts);
  }
}
