package dev.repofleet.worker.forge;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which GitLab is asked and with what: gitlab.com or the one that {@value #HOST} names, as in
 * GitLab's own command line, and the token in {@value #TOKEN}.
 *
 * @param pages address of its pages, without a slash at its end
 * @param host lower-case, with a port that is not the default
 * @param token personal, of a group or of OAuth; empty without one
 */
public record GitLabServer(URI pages, String host, Optional<Token> token) {
  /** A host, or an address where it is not https. */
  public static final String HOST = "GITLAB_HOST";

  /** Its login. */
  public static final String TOKEN = "GITLAB_TOKEN";

  public GitLabServer {
    Objects.requireNonNull(pages, "pages");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(token, "token");
  }

  /**
   * The one of an environment.
   *
   * @throws IllegalArgumentException with a sentence, when the address is none
   */
  public static GitLabServer of(Map<String, String> environment) {
    String named = environment.getOrDefault(HOST, "").strip();
    String token = environment.getOrDefault(TOKEN, "").strip();
    String address = named.isEmpty() ? "gitlab.com" : named;
    URI pages =
        ForgeAddress.of(
            HOST, address.contains("://") ? address : "https://" + address, "gitlab.example.com");
    return new GitLabServer(
        pages,
        ForgeAddress.host(pages),
        token.isEmpty() ? Optional.empty() : Optional.of(new Token(token, null, TOKEN)));
  }
}
