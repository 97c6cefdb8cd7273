package dev.repofleet.worker.forge;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHApp;

/** The logins at forges that an environment holds, each asked of its forge. Thread-safe; blocks. */
public final class ForgeLogins {
  private static final int MOST_NAMED = 5;

  private final GitHubLogin gitHub;
  private final GitLabServer gitLab;
  private final ForgePages pages;

  /**
   * Those of an environment; asks nobody yet.
   *
   * @throws IllegalArgumentException with a sentence, when a variable can't be what it should be
   */
  public ForgeLogins(Map<String, String> environment, Clock clock) {
    this.gitHub = GitHubLogin.of(environment, clock);
    this.gitLab = GitLabServer.of(environment);
    this.pages = gitHub.calls().pages();
  }

  /**
   * What a forge says of a login.
   *
   * @param name for people
   * @param found what it may do; absent when the forge refuses it, or does not answer
   * @param problem in a sentence; absent when it is good
   * @param refused whether the login is the problem, and not the way to its forge
   */
  public record Seen(
      String name, @Nullable String found, @Nullable String problem, boolean refused) {
    public Seen {
      Objects.requireNonNull(name, "name");
    }
  }

  /** Asks for each; empty where there is none. */
  public List<Seen> look() {
    List<Seen> seen = new ArrayList<>();
    gitHub.app().ifPresent(app -> seen.add(seen("GitHub App", () -> about(app))));
    gitHub
        .forAnything()
        .ifPresent(token -> seen.add(seen("GitHub token", () -> aboutGitHub(token))));
    gitLab.token().ifPresent(token -> seen.add(seen("GitLab token", () -> aboutGitLab(token))));
    return seen;
  }

  private static Seen seen(String name, Supplier<String> about) {
    try {
      return new Seen(name, about.get(), null, false);
    } catch (ForgeException e) {
      boolean away =
          e.kind() == ForgeException.Kind.UNREACHABLE
              || e.kind() == ForgeException.Kind.RATE_LIMITED;
      return new Seen(name, null, String.valueOf(e.getMessage()), !away);
    }
  }

  private String about(GitHubAppTokens app) {
    GHApp found = app.app();
    Map<String, String> permissions = new TreeMap<>(found.getPermissions());
    List<String> owners = app.owners();
    return "%s at %s, %s; may: %s"
        .formatted(
            found.getSlug(),
            gitHub.server().host(),
            owners.isEmpty() ? "installed nowhere" : "installed at " + named(owners),
            permissions.isEmpty() ? "nothing" : permissions.toString().replaceAll("[{}]", ""));
  }

  private static String named(List<String> owners) {
    String first = String.join(", ", owners.subList(0, Math.min(owners.size(), MOST_NAMED)));
    return owners.size() > MOST_NAMED
        ? first + " and " + (owners.size() - MOST_NAMED) + " more"
        : first;
  }

  /** Who it belongs to is not told to every kind of token, what it has left is. */
  private String aboutGitHub(Token token) {
    JsonNode core;
    try {
      core =
          pages
              .get(
                  token.variable(),
                  url(gitHub.server().api().toString(), "rate_limit"),
                  Optional.of(token))
              .body()
              .path("resources")
              .path("core");
    } catch (ForgeException e) {
      if (e.kind() == ForgeException.Kind.NOT_FOUND) {
        // A server of one's own counts nothing unless it is told to; a bad token is refused first.
        return "good at " + gitHub.server().host();
      }
      throw e;
    }
    return "good at %s: %d of %d requests left until %s"
        .formatted(
            gitHub.server().host(),
            core.path("remaining").asLong(),
            core.path("limit").asLong(),
            Instant.ofEpochSecond(core.path("reset").asLong()));
  }

  private String aboutGitLab(Token token) {
    JsonNode user =
        pages
            .get(
                token.variable(), url(gitLab.pages().toString(), "api/v4/user"), Optional.of(token))
            .body();
    return user.path("username").asText() + " at " + gitLab.host();
  }

  private static HttpUrl url(String base, String path) {
    return HttpUrl.get(base).newBuilder().addPathSegments(path).build();
  }
}
