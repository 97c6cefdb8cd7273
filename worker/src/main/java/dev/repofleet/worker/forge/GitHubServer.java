package dev.repofleet.worker.forge;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Which GitHub is asked: github.com, or a company's own by {@value #API_URL} and, where its pages
 * are elsewhere than that says, {@value #SERVER_URL}; both as GitHub Actions names them.
 *
 * @param api base of the REST API, without a slash at its end
 * @param host of pages and clones, lower-case, with a port that is not the default
 */
public record GitHubServer(URI api, String host) {
  static final String API_URL = "GITHUB_API_URL";
  static final String SERVER_URL = "GITHUB_SERVER_URL";

  private static final String PUBLIC_API = "https://api.github.com";
  private static final String API_PREFIX = "api.";

  public GitHubServer {
    Objects.requireNonNull(api, "api");
    Objects.requireNonNull(host, "host");
  }

  /**
   * The one of an environment.
   *
   * @throws IllegalArgumentException with a sentence, when an address is none
   */
  public static GitHubServer of(Map<String, String> environment) {
    String api = environment.getOrDefault(API_URL, "").strip();
    String pages = environment.getOrDefault(SERVER_URL, "").strip();
    URI base = address(API_URL, api.isEmpty() ? PUBLIC_API : api);
    if (!pages.isEmpty() && !api.isEmpty()) {
      return new GitHubServer(base, host(address(SERVER_URL, pages)));
    }
    // A server's own API stands under /api/v3, one with a host of its own is called api.HOST.
    String host = host(base);
    return new GitHubServer(
        base, host.startsWith(API_PREFIX) ? host.substring(API_PREFIX.length()) : host);
  }

  private static URI address(String variable, String text) {
    try {
      URI uri = URI.create(text.replaceFirst("/+$", ""));
      if (uri.getHost() != null
          && uri.getRawUserInfo() == null
          && String.valueOf(uri.getScheme()).matches("(?i)https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw none(variable);
    }
    throw none(variable);
  }

  private static IllegalArgumentException none(String variable) {
    return new IllegalArgumentException(
        variable + " is no address: write it as in https://github.example.com/api/v3");
  }

  private static String host(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() < 0 || uri.getPort() == usual ? host : host + ":" + uri.getPort();
  }
}
