package dev.repofleet.worker.forge;

import java.net.URI;
import java.util.Map;
import java.util.Objects;

/**
 * Which GitHub is asked: github.com, or a company's own by {@value #API_URL} and, where its pages
 * are elsewhere than that says, {@value #SERVER_URL}; both as GitHub Actions names them.
 *
 * @param api base of the REST API, without a slash at its end
 * @param pages base of pages and clones, without a slash at its end
 */
public record GitHubServer(URI api, URI pages) {
  static final String API_URL = "GITHUB_API_URL";
  static final String SERVER_URL = "GITHUB_SERVER_URL";

  private static final String PUBLIC_API = "https://api.github.com";
  private static final String API_PREFIX = "api.";

  public GitHubServer {
    Objects.requireNonNull(api, "api");
    Objects.requireNonNull(pages, "pages");
  }

  /**
   * The one of an environment.
   *
   * @throws IllegalArgumentException with a sentence, when an address is none
   */
  public static GitHubServer of(Map<String, String> environment) {
    String named = environment.getOrDefault(API_URL, "").strip();
    String pages = environment.getOrDefault(SERVER_URL, "").strip();
    URI api =
        ForgeAddress.of(
            API_URL, named.isEmpty() ? PUBLIC_API : named, "https://github.example.com/api/v3");
    if (!pages.isEmpty() && !named.isEmpty()) {
      return new GitHubServer(
          api, ForgeAddress.of(SERVER_URL, pages, "https://github.example.com"));
    }
    // A server's own API stands under /api/v3, one with a host of its own is called api.HOST.
    String host = ForgeAddress.host(api);
    return new GitHubServer(
        api,
        URI.create(
            api.getScheme()
                + "://"
                + (host.startsWith(API_PREFIX) ? host.substring(API_PREFIX.length()) : host)));
  }

  /** Of pages and clones: lower-case, with a port that is not the default. */
  public String host() {
    return ForgeAddress.host(pages);
  }
}
