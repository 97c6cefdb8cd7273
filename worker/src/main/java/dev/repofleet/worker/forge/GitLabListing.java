package dev.repofleet.worker.forge;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/**
 * Lists projects of GitLab. Thread-safe; blocks while it reads, a second or so for a hundred
 * projects.
 */
public final class GitLabListing {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String PAGE = "100";

  private final GitLabServer server;
  private final ForgePages pages;

  /** Lists what is on that server. */
  public GitLabListing(GitLabServer server, Clock clock) {
    this(server, new ForgePages(new OkHttpClient.Builder().callTimeout(TIMEOUT).build(), clock));
  }

  GitLabListing(GitLabServer server, ForgePages pages) {
    this.server = server;
    this.pages = pages;
  }

  /**
   * All projects of a group and of the groups in it, that the token sees.
   *
   * @param group with all groups above it, as in its address
   * @param withSizes asks for them too; they are told to members alone
   * @throws ForgeException when there is no such group, or GitLab refuses, limits or does not
   *     answer
   */
  public ForgeListing ofGroup(String group, boolean withSizes) {
    HttpUrl.Builder url =
        HttpUrl.get(server.pages().toString())
            .newBuilder()
            .addPathSegments("api/v4/groups")
            .addPathSegment(group)
            .addPathSegment("projects")
            .addQueryParameter("include_subgroups", "true")
            .addQueryParameter("with_shared", "false")
            .addQueryParameter("order_by", "id")
            .addQueryParameter("sort", "asc")
            .addQueryParameter("per_page", PAGE);
    if (withSizes) {
      url.addQueryParameter("statistics", "true");
    }
    return pages.readStable(
        new ForgePages.Wanted(
            "projects of " + group, url.build(), server.token(), body -> body, this::repository));
  }

  private ForgeRepository repository(JsonNode row) {
    String path = row.path("path_with_namespace").asText();
    List<String> topics = new ArrayList<>();
    row.path("topics").forEach(topic -> topics.add(topic.asText()));
    JsonNode size = row.path("statistics").path("repository_size");
    return new ForgeRepository(
        row.path("id").asLong(),
        path,
        server.pages() + "/" + path,
        row.path("archived").asBoolean(),
        row.path("forked_from_project").isObject(),
        null,
        topics,
        GitHubListing.time(row.path("last_activity_at")),
        size.isNumber() ? size.asLong() : null);
  }
}
