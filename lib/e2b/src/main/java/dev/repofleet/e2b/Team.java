package dev.repofleet.e2b;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * What a whole team uses: all that counts towards its limits, whoever created it. Thread-safe; made
 * by {@link E2bClient#team}.
 *
 * <p>Failures are those of {@link E2bClient}; a team that the key does not belong to is an {@link
 * AuthenticationException}.
 */
public final class Team {
  private final ApiCalls api;
  private final String teamId;

  Team(ApiCalls api, String teamId) {
    if (!teamId.matches("[A-Za-z0-9_-]{1,80}")) {
      throw new IllegalArgumentException("not the id of a team: " + teamId);
    }
    this.api = api;
    this.teamId = teamId;
  }

  /**
   * What it used from moment to moment, oldest first.
   *
   * @param from null leaves the server's default
   * @param to null is now
   */
  public List<TeamLoad> metrics(@Nullable Instant from, @Nullable Instant to) {
    String operation = "read the metrics of team " + teamId;
    HttpUrl.Builder url = Observation.between(api.path("teams", teamId, "metrics"), from, to);
    List<TeamLoad> loads = new ArrayList<>();
    for (ApiWire.TeamMetric metric :
        JsonCodec.readList(
            api.send(api.get(url), operation).body(), ApiWire.TeamMetric.class, operation)) {
      loads.add(ApiWire.required(metric, "metric", operation).toLoad(operation));
    }
    return List.copyOf(loads);
  }

  /**
   * The highest value in a span of time.
   *
   * @param from null leaves the server's default
   * @param to null is now
   */
  public TeamPeak peak(TeamPeak.Metric metric, @Nullable Instant from, @Nullable Instant to) {
    String operation = "read the highest %s of team %s".formatted(metric.wireName(), teamId);
    HttpUrl.Builder url =
        Observation.between(api.path("teams", teamId, "metrics", "max"), from, to)
            .addQueryParameter("metric", metric.wireName());
    HttpReply reply = api.send(api.get(url), operation);
    return JsonCodec.read(reply.body(), ApiWire.TeamMaximum.class, operation).toPeak(operation);
  }
}
