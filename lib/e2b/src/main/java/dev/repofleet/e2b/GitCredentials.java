package dev.repofleet.e2b;

import java.net.URI;
import java.util.Set;

/**
 * A name and a password or token for one Git host, for single calls of {@link Git}. Immutable;
 * {@link #toString()} shows the host alone.
 *
 * <p>They go into the environment of that one {@code git} and reach neither its arguments, nor a
 * URL, nor any file. Git gets them only when it speaks to {@code host}, so neither a redirect nor a
 * remote that somebody has changed leads them elsewhere; hooks do not run while they are there.
 *
 * <p><b>What that does not keep out:</b> while the call runs, every process of the same Linux user
 * and of root can read them from {@code /proc}, and whoever holds the sandbox's access token from
 * the process list. Who may write the repository's {@code .git/config} or the user's home can turn
 * off the check of certificates or put a program in Git's place. So use them before code that is
 * not trusted runs, or as another user than that code; or keep them out of the sandbox altogether
 * with a header rule of {@link SandboxNetwork}.
 *
 * @param host scheme and host, with a port if it is not the usual one: {@code https://github.com}
 * @param username for tokens often {@code x-access-token} or {@code oauth2}
 * @param password or token
 */
public record GitCredentials(URI host, String username, String password) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the host is no plain https address (http is allowed on the
   *     machine itself), or name or password are empty or hold control characters; the message
   *     shows neither
   */
  public GitCredentials {
    boolean secure = "https".equals(host.getScheme());
    boolean local = "http".equals(host.getScheme()) && LOOPBACK.contains("" + host.getHost());
    if (host.getHost() == null || !(secure || local) || !isBare(host)) {
      throw new IllegalArgumentException(
          "credentials for Git need the address of a host alone, as https://github.com");
    }
    if (username.isEmpty() || password.isEmpty() || !isLine(username) || !isLine(password)) {
      throw new IllegalArgumentException(
          "the name or the password for %s is empty or holds a control character".formatted(host));
    }
  }

  /**
   * For a host that is spoken to by https.
   *
   * @param host its name alone, with a port if it is not the usual one: {@code github.com}
   * @throws IllegalArgumentException as the constructor, also if the host stands in a URL
   */
  public static GitCredentials of(String host, String username, String password) {
    return new GitCredentials(URI.create("https://" + host), username, password);
  }

  private static boolean isBare(URI host) {
    String path = host.getRawPath();
    return (path == null || path.isEmpty() || path.equals("/"))
        && host.getRawUserInfo() == null
        && host.getRawQuery() == null
        && host.getRawFragment() == null;
  }

  /** Git's own protocol for helpers has one line for each. */
  private static boolean isLine(String text) {
    return text.chars().noneMatch(c -> c < ' ' || c == 0x7f);
  }

  /** The host as Git's configuration names it. */
  String scope() {
    return host.getScheme() + "://" + host.getRawAuthority();
  }

  @Override
  public String toString() {
    return "GitCredentials[" + host + "]";
  }
}
