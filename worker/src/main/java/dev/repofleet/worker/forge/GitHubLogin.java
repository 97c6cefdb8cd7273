package dev.repofleet.worker.forge;

import java.security.PrivateKey;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The login at one GitHub that an environment holds: a GitHub App ({@value #APP_ID} with {@value
 * #APP_KEY} or {@value #APP_KEY_FILE}), a token ({@value #TOKEN}), both, or none. Where the App is
 * installed it goes before the token. Thread-safe; asks GitHub only for an App's tokens.
 */
public final class GitHubLogin {
  /** A personal access token, or what GitHub Actions puts there. */
  public static final String TOKEN = "GITHUB_TOKEN";

  /** The App's id or client id. */
  public static final String APP_ID = "GITHUB_APP_ID";

  /** The App's private key itself, as PEM. */
  public static final String APP_KEY = "GITHUB_APP_PRIVATE_KEY";

  /** A file that holds it, such as a mounted secret. */
  public static final String APP_KEY_FILE = "GITHUB_APP_PRIVATE_KEY_FILE";

  private final GitHubServer server;
  private final GitHubCalls calls;
  private final @Nullable GitHubAppTokens app;
  private final Optional<Token> token;

  private GitHubLogin(
      GitHubServer server,
      GitHubCalls calls,
      @Nullable GitHubAppTokens app,
      Optional<Token> token) {
    this.server = server;
    this.calls = calls;
    this.app = app;
    this.token = token;
  }

  /**
   * The login of an environment; asks nobody.
   *
   * @throws IllegalArgumentException with a sentence for a person, never with a secret in it, when
   *     a variable can't be what it should be
   */
  public static GitHubLogin of(Map<String, String> environment, Clock clock) {
    GitHubServer server = GitHubServer.of(environment);
    GitHubCalls calls = new GitHubCalls(server, clock);
    String id = value(environment, APP_ID);
    PrivateKey key = key(environment);
    if (id.isEmpty() != (key == null)) {
      throw new IllegalArgumentException(
          "a GitHub App needs both " + APP_ID + " and " + APP_KEY + " (or " + APP_KEY_FILE + ")");
    }
    if (!id.matches("[A-Za-z0-9.]*")) {
      throw new IllegalArgumentException(
          APP_ID + " is no id of a GitHub App: its settings show one, such as 123456");
    }
    String token = value(environment, TOKEN);
    return new GitHubLogin(
        server,
        calls,
        key == null ? null : new GitHubAppTokens(calls, clock, id, key),
        token.isEmpty() ? Optional.empty() : Optional.of(new Token(token, null, TOKEN)));
  }

  private static @Nullable PrivateKey key(Map<String, String> environment) {
    String key = value(environment, APP_KEY);
    String file = value(environment, APP_KEY_FILE);
    if (!key.isEmpty() && !file.isEmpty()) {
      throw new IllegalArgumentException(
          APP_KEY + " and " + APP_KEY_FILE + " are both set: leave one of them out");
    }
    if (!file.isEmpty()) {
      return AppKey.read(file, APP_KEY_FILE);
    }
    return key.isEmpty() ? null : AppKey.parse(key, APP_KEY);
  }

  private static String value(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "").strip();
  }

  /** Where this login is good; it is sent nowhere else. */
  public GitHubServer server() {
    return server;
  }

  /** Asks that server. */
  public GitHubCalls calls() {
    return calls;
  }

  /**
   * A token for one repository, good for at least 20 minutes from now when its end is known. May
   * ask GitHub, and then blocks for up to a minute.
   *
   * @return nothing when there is no login for that repository, which may be a public one
   * @throws ForgeException when GitHub refuses, limits or does not answer
   */
  public Optional<Token> forRepository(String owner, String repository, Access access) {
    Optional<Token> minted =
        app == null ? Optional.empty() : app.forRepository(owner, repository, access);
    return minted.isPresent() ? minted : token;
  }

  /**
   * Tells that GitHub has refused the token for a repository, which may have been revoked, or be so
   * new that not all of GitHub knows it: it is given out no more.
   *
   * @return whether another one is to be had; false for a personal token, and when the one before
   *     was refused in the last five minutes too
   */
  public boolean renews(String owner, String repository) {
    return app != null && app.renews(owner, repository);
  }

  /**
   * The same of one token, which several may have been given.
   *
   * @param refused the token's value; where another was told of it before, a newer one is to be had
   */
  public boolean renews(String owner, String repository, String refused) {
    return app != null && app.renews(owner, repository, refused);
  }

  /**
   * A token to list what an owner has. May ask GitHub, and then blocks for up to a minute.
   *
   * @return nothing when there is no login, and public repositories are all that is seen
   * @throws ForgeException when GitHub refuses, limits or does not answer
   */
  public Optional<Token> forOwner(String owner) {
    Optional<Token> minted = app == null ? Optional.empty() : app.forOwner(owner);
    return minted.isPresent() ? minted : token;
  }

  /**
   * The variable of the login that {@link #forOwner} gives, which messages name. Asks nobody: an
   * App counts unless it is known not to be installed there.
   *
   * @return nothing without any login for that owner
   */
  public Optional<String> variable(String owner) {
    return app != null && app.isInstalledAsFarAsKnown(owner)
        ? Optional.of(APP_ID)
        : token.map(Token::variable);
  }

  Optional<GitHubAppTokens> app() {
    return Optional.ofNullable(app);
  }

  /** The token that belongs to no single owner; an App has none. */
  public Optional<Token> forAnything() {
    return token;
  }
}
