package dev.repofleet.worker.forge;

import java.io.IOException;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHApp;
import org.kohsuke.github.GHAppInstallation;
import org.kohsuke.github.GHAppInstallationToken;
import org.kohsuke.github.GHPermissionType;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.extras.authorization.JWTTokenProvider;

/**
 * Tokens of a GitHub App, each for one repository and one use. They are kept until they have less
 * than {@link #LEAST_LIFE} left, so that a step's token does not die under it. Owners'
 * installations are looked up once in a while. Thread-safe; no lock is held while GitHub is asked,
 * so that two threads may mint two tokens for the same repository, of which both are good.
 */
final class GitHubAppTokens {
  /** More than the 15 minutes a clone may take; GitHub's tokens live for an hour. */
  static final Duration LEAST_LIFE = Duration.ofMinutes(20);

  /** A new token that is refused as well tells that tokens are not what is wrong. */
  private static final Duration BETWEEN_RENEWALS = Duration.ofMinutes(5);

  /** How long a new, moved or suspended installation may stay unnoticed. */
  private static final Duration INSTALLATION_KEPT = Duration.ofMinutes(5);

  private static final Map<String, GHPermissionType> OWNER_PERMISSIONS =
      Map.of("metadata", GHPermissionType.READ);

  private final GitHubCalls calls;
  private final Clock clock;
  private final GitHub app;
  private final Map<String, Installation> installations = new ConcurrentHashMap<>();
  private final Map<Scope, Token> tokens = new ConcurrentHashMap<>();
  private final Map<String, Renewal> renewals = new ConcurrentHashMap<>();

  GitHubAppTokens(GitHubCalls calls, Clock clock, String appId, PrivateKey key) {
    this.calls = calls;
    this.clock = clock;
    this.app = calls.as(new JWTTokenProvider(appId, key));
  }

  private record Scope(String owner, String name, Access access) {}

  /** That a repository's tokens were renewed, and whether the new one was refused as well. */
  private record Renewal(Instant at, boolean inVain) {}

  /** What is known of an owner; {@code found} is absent when the App is not installed there. */
  private record Installation(@Nullable GHAppInstallation found, Instant lookedUpAt) {}

  /** As {@link GitHubLogin#forRepository}; nothing where the App is not installed. */
  Optional<Token> forRepository(String owner, String name, Access access) {
    Scope scope = new Scope(owner.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT), access);
    Token kept = tokens.get(scope);
    if (kept != null && lives(kept)) {
      return Optional.of(kept);
    }
    Optional<GHAppInstallation> installation = installation(owner);
    if (installation.isEmpty()) {
      return Optional.empty();
    }
    return mint(installation.get(), owner, name, access)
        .map(
            minted -> {
              tokens.values().removeIf(other -> !lives(other));
              tokens.put(scope, minted);
              return minted;
            });
  }

  /** As {@link GitHubLogin#renews(String, String)}. */
  boolean renews(String owner, String name) {
    return renews(owner, name, drop(owner, name, any -> true));
  }

  /** As {@link GitHubLogin#renews(String, String, String)}. */
  boolean renews(String owner, String name, String refused) {
    if (drop(owner, name, token -> token.value().equals(refused))) {
      drop(owner, name, any -> true);
      return renews(owner, name, true);
    }
    // Another has dropped it: there is a newer one, or will be; unless that was in vain.
    Renewal known = renewals.get(repository(owner, name));
    return known == null
        || !known.inVain()
        || known.at().isBefore(clock.instant().minus(BETWEEN_RENEWALS));
  }

  private boolean drop(String owner, String name, Predicate<Token> which) {
    return tokens
        .entrySet()
        .removeIf(
            kept ->
                kept.getKey().owner().equalsIgnoreCase(owner)
                    && kept.getKey().name().equalsIgnoreCase(name)
                    && which.test(kept.getValue()));
  }

  private boolean renews(String owner, String name, boolean given) {
    Instant now = clock.instant();
    renewals.values().removeIf(known -> known.at().isBefore(now.minus(BETWEEN_RENEWALS)));
    String repository = repository(owner, name);
    boolean first = given && renewals.putIfAbsent(repository, new Renewal(now, false)) == null;
    if (given && !first) {
      renewals.computeIfPresent(repository, (same, known) -> new Renewal(known.at(), true));
    }
    return first;
  }

  private static String repository(String owner, String name) {
    return owner.toLowerCase(Locale.ROOT) + "/" + name.toLowerCase(Locale.ROOT);
  }

  /** Whether an owner has the App, as it was last looked up; true where it never was. */
  boolean isInstalledAsFarAsKnown(String owner) {
    Installation known = installations.get(owner.toLowerCase(Locale.ROOT));
    return known == null || known.found() != null;
  }

  /** What GitHub says of the App. */
  GHApp app() {
    return calls.ask("the GitHub App", app::getApp);
  }

  /** Whose repositories the App was given to, but for those that have suspended it. */
  List<String> owners() {
    return calls.ask(
        "the App's installations",
        () ->
            app.getApp().listInstallations().toList().stream()
                .filter(found -> found.getSuspendedAt() == null)
                .map(found -> found.getAccount().getLogin())
                .sorted()
                .toList());
  }

  /**
   * A token that reads the names of all repositories an owner has given the App; else as {@link
   * #forRepository}.
   */
  Optional<Token> forOwner(String owner) {
    return installation(owner)
        .map(
            found ->
                calls.ask(
                    "the App's token for " + owner,
                    () -> token(found.createToken().permissions(OWNER_PERMISSIONS).create())));
  }

  private boolean lives(Token token) {
    Instant end = token.expiresAt();
    return end != null && end.isAfter(clock.instant().plus(LEAST_LIFE));
  }

  private Optional<GHAppInstallation> installation(String owner) {
    String key = owner.toLowerCase(Locale.ROOT);
    Installation known = installations.get(key);
    if (known == null || known.lookedUpAt().isBefore(clock.instant().minus(INSTALLATION_KEPT))) {
      known = new Installation(lookUp(owner), clock.instant());
      installations.put(key, known);
    }
    GHAppInstallation found = known.found();
    if (found != null && found.getSuspendedAt() != null) {
      throw new ForgeException(
          ForgeException.Kind.FORBIDDEN,
          "the GitHub App's installation at "
              + owner
              + " is suspended: an owner there can lift that in the settings of installed Apps",
          null,
          null);
    }
    return Optional.ofNullable(found);
  }

  private @Nullable GHAppInstallation lookUp(String owner) {
    String what = "the App's installation at " + owner;
    GHAppInstallation found =
        orNull(() -> calls.ask(what, () -> app.getApp().getInstallationByOrganization(owner)));
    return found != null
        ? found
        : orNull(() -> calls.ask(what, () -> app.getApp().getInstallationByUser(owner)));
  }

  private static @Nullable GHAppInstallation orNull(Supplier<GHAppInstallation> lookUp) {
    try {
      return lookUp.get();
    } catch (ForgeException e) {
      if (e.kind() == ForgeException.Kind.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private Optional<Token> mint(
      GHAppInstallation installation, String owner, String name, Access access) {
    try {
      return Optional.of(
          calls.ask(
              "the App's token for " + owner + "/" + name,
              () ->
                  token(
                      installation
                          .createToken()
                          .repositories(List.of(name))
                          .permissions(access.permissions())
                          .create())));
    } catch (ForgeException e) {
      if (e.kind() == ForgeException.Kind.REJECTED && !lacksPermission(e)) {
        // The App was not given this repository, or there is none: it may be public all the same.
        return Optional.empty();
      }
      throw e;
    }
  }

  /** GitHub answers 422 to both, and tells them apart in its sentence alone. */
  private static boolean lacksPermission(ForgeException e) {
    return String.valueOf(e.getMessage()).contains("permissions requested");
  }

  private static Token token(GHAppInstallationToken minted) throws IOException {
    return new Token(minted.getToken(), minted.getExpiresAt().toInstant(), GitHubLogin.APP_ID);
  }
}
