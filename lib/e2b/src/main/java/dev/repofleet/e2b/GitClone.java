package dev.repofleet.e2b;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to clone, and where to. Immutable; {@link #toString()} shows no secret.
 *
 * @param url of the repository, without a name or password in it
 * @param path the new directory in the sandbox; relative ones count from the user's home
 * @param branch a branch or tag, whose history alone is fetched; null is the host's default branch
 * @param depth how many commits of history, at least 1; null is all
 * @param credentials null asks as nobody
 */
public record GitClone(
    String url,
    String path,
    @Nullable String branch,
    @Nullable Integer depth,
    @Nullable GitCredentials credentials) {

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the URL holds a name or password, something could be taken
   *     for an option, or the depth is below 1
   */
  public GitClone {
    GitCommands.checkName("path", path);
    if (branch != null) {
      GitCommands.checkName("branch", branch);
    }
    if (depth != null && depth < 1) {
      throw new IllegalArgumentException("the depth of a clone must be at least 1, not " + depth);
    }
    checkUrl(url);
  }

  private static void checkUrl(String url) {
    if (url.isBlank() || url.startsWith("-") || url.chars().anyMatch(c -> c <= ' ')) {
      throw new IllegalArgumentException("the URL to clone is none");
    }
    if (url.startsWith("http:") || url.startsWith("https:")) {
      URI uri;
      try {
        uri = URI.create(url);
      } catch (IllegalArgumentException e) {
        // The cause would show it.
        throw new IllegalArgumentException("the URL to clone is none");
      }
      if (uri.getHost() == null || uri.getRawUserInfo() != null) {
        throw new IllegalArgumentException(
            "the URL to clone must have a host and no name or password: give those as credentials");
      }
    }
  }

  /** The default branch with its whole history. */
  public static GitClone of(String url, String path) {
    return new GitClone(url, path, null, null, null);
  }

  /** The same, of this branch or tag alone. */
  public GitClone branch(String name) {
    return new GitClone(url, path, Objects.requireNonNull(name, "name"), depth, credentials);
  }

  /** The same with so many commits of history. */
  public GitClone depth(int commits) {
    return new GitClone(url, path, branch, commits, credentials);
  }

  /** The same as somebody. */
  public GitClone credentials(GitCredentials secret) {
    return new GitClone(url, path, branch, depth, Objects.requireNonNull(secret, "secret"));
  }

  Optional<GitCredentials> secret() {
    return Optional.ofNullable(credentials);
  }
}
