package dev.repofleet.worker.forge;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Lists repositories of GitHub, with the login of an environment. Thread-safe; each method blocks
 * while it reads, a second or so for a hundred repositories.
 */
public final class GitHubListing {
  private static final String PAGE = "100";

  /** GitHub shows no more of what a search finds. */
  private static final int SEARCH_LIMIT = 1000;

  private final GitHubLogin login;
  private final ForgePages pages;

  /** Lists where that login is good. */
  public GitHubListing(GitHubLogin login) {
    this.login = login;
    this.pages = login.calls().pages();
  }

  /**
   * All repositories of an organisation or a user that the login sees.
   *
   * @throws ForgeException when there is no such owner, or GitHub refuses, limits or does not
   *     answer
   */
  public ForgeListing ofOwner(String owner) {
    Optional<Token> token = login.forOwner(owner);
    String what = "repositories of " + owner;
    try {
      return pages.readStable(
          list(what, url("orgs", owner, "repos").addQueryParameter("type", "all"), token));
    } catch (ForgeException e) {
      if (e.kind() != ForgeException.Kind.NOT_FOUND) {
        throw e;
      }
    }
    return pages.readStable(ofUser(what, owner, token));
  }

  /**
   * What a user keeps private is listed under other names, and to nobody but the user or an App.
   */
  private ForgePages.Wanted ofUser(String what, String user, Optional<Token> token) {
    if (token.isPresent() && token.get().variable().equals(GitHubLogin.APP_ID)) {
      return list(
          what, url("installation", "repositories"), token, body -> body.path("repositories"));
    }
    if (token.isPresent() && isSelf(user, token)) {
      return list(what, url("user", "repos").addQueryParameter("affiliation", "owner"), token);
    }
    return list(what, url("users", user, "repos").addQueryParameter("type", "owner"), token);
  }

  private boolean isSelf(String user, Optional<Token> token) {
    try {
      return pages
          .get("the login", url("user").build(), token)
          .body()
          .path("login")
          .asText()
          .equalsIgnoreCase(user);
    } catch (ForgeException e) {
      // A token of GitHub Actions is nobody's own.
      if (e.kind() == ForgeException.Kind.FORBIDDEN || e.kind() == ForgeException.Kind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /**
   * All repositories that a team of an organisation has, and the login sees.
   *
   * @param team as in its address
   * @throws ForgeException as {@link #ofOwner}
   */
  public ForgeListing ofTeam(String organisation, String team) {
    return pages.readStable(
        list(
            "repositories of the team " + organisation + "/" + team,
            url("orgs", organisation, "teams", team, "repos"),
            login.forOwner(organisation)));
  }

  /**
   * What a search finds, as its index gives it: 1,000 at the most, and read once.
   *
   * @param query in GitHub's syntax for repositories
   * @throws ForgeException {@link ForgeException.Kind#REJECTED} when GitHub can't read the query;
   *     else as {@link #ofOwner}
   */
  public ForgeListing found(String query) {
    Map<Long, ForgeRepository> seen = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    pages.read(
        list(
            "the search",
            url("search", "repositories").addQueryParameter("q", query),
            login.forAnything(),
            body -> body.path("items")),
        seen,
        page -> note(page.body(), notes));
    return ForgeListing.sorted(seen.values(), notes);
  }

  private static void note(JsonNode body, List<String> notes) {
    long total = body.path("total_count").asLong();
    if (!notes.isEmpty()) {
      return;
    }
    if (total > SEARCH_LIMIT) {
      notes.add(
          "the search finds %d repositories, and GitHub shows the first %d alone: narrow the query"
              .formatted(total, SEARCH_LIMIT));
    }
    if (body.path("incomplete_results").asBoolean()) {
      notes.add("GitHub ended the search before it had looked everywhere: some may be missing");
    }
  }

  private HttpUrl.Builder url(String... path) {
    HttpUrl.Builder url = HttpUrl.get(login.server().api().toString()).newBuilder();
    for (String part : path) {
      url.addPathSegment(part);
    }
    return url;
  }

  private ForgePages.Wanted list(String what, HttpUrl.Builder url, Optional<Token> token) {
    return list(what, url.addQueryParameter("sort", "full_name"), token, body -> body);
  }

  private ForgePages.Wanted list(
      String what, HttpUrl.Builder url, Optional<Token> token, Function<JsonNode, JsonNode> rows) {
    return new ForgePages.Wanted(
        what, url.addQueryParameter("per_page", PAGE).build(), token, rows, this::repository);
  }

  private ForgeRepository repository(JsonNode row) {
    String fullName = row.path("full_name").asText();
    List<String> topics = new ArrayList<>();
    row.path("topics").forEach(topic -> topics.add(topic.asText()));
    return new ForgeRepository(
        row.path("id").asLong(),
        fullName,
        login.server().pages() + "/" + fullName,
        row.path("archived").asBoolean(),
        row.path("fork").asBoolean(),
        row.path("language").isTextual() ? row.path("language").asText() : null,
        topics,
        time(row.path("pushed_at")),
        // GitHub counts in KiB.
        row.path("size").isNumber() ? row.path("size").asLong() * 1024 : null);
  }

  static @Nullable Instant time(JsonNode value) {
    try {
      return value.isTextual() ? java.time.OffsetDateTime.parse(value.asText()).toInstant() : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
