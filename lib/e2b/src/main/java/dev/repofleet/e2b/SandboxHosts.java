package dev.repofleet.e2b;

import java.net.URI;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where the ports of one sandbox are reached from outside (E2B contract, 2.1). Immutable.
 *
 * @param scheme of the addresses
 * @param suffix what follows {@code <port>-<sandbox>.}: a domain, locally with a port
 */
record SandboxHosts(String scheme, String suffix) {
  /** Domains whose sandboxes share one host and are told apart by headers. */
  private static final Set<String> SHARED_HOST_DOMAINS =
      Set.of("e2b.app", "e2b.dev", "e2b.pro", "e2b-staging.dev");

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

  /**
   * @param ownDomain the one the API named for the sandbox; null or empty if it named none
   */
  static SandboxHosts of(E2bOptions options, @Nullable String ownDomain) {
    Optional<HttpUrl> local =
        options
            .sandboxUrl()
            .map(url -> ApiCalls.url(url.toString()))
            .filter(url -> LOOPBACK.contains(url.host()));
    if (local.isPresent()) {
      // A server on this machine: every name under localhost leads to it.
      return new SandboxHosts(local.get().scheme(), "localhost:" + local.get().port());
    }
    String domain = ownDomain == null || ownDomain.isEmpty() ? options.domain() : ownDomain;
    return new SandboxHosts("https", domain);
  }

  String host(String sandboxId, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
    return port + "-" + sandboxId + "." + suffix;
  }

  URI url(String sandboxId, int port) {
    return URI.create(scheme + "://" + host(sandboxId, port));
  }

  /** Where envd is, unless the options say it; null if the domain is none. */
  @Nullable HttpUrl envd(String sandboxId) {
    HttpUrl url =
        HttpUrl.parse(
            SHARED_HOST_DOMAINS.contains(suffix)
                ? "https://sandbox." + suffix
                : "https://" + host(sandboxId, Envd.PORT));
    return url == null || !url.host().endsWith("." + suffix) ? null : url;
  }
}
