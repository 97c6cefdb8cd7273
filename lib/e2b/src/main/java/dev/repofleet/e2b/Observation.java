package dev.repofleet.e2b;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** What the control plane records of sandboxes: metrics and logs. Thread-safe. */
final class Observation {
  private static final int MAX_IDS = 100;

  private final ApiCalls api;

  Observation(ApiCalls api) {
    this.api = api;
  }

  List<SandboxMetrics> metrics(String sandboxId, @Nullable Instant from, @Nullable Instant to) {
    String operation = "read the metrics of sandbox " + sandboxId;
    HttpUrl.Builder url =
        between(api.path("sandboxes", ApiCalls.checkSandboxId(sandboxId), "metrics"), from, to);
    HttpReply reply = api.send(api.get(url), operation, sandboxId);
    List<SandboxMetrics> metrics = new ArrayList<>();
    for (ApiWire.Metric metric :
        JsonCodec.readList(reply.body(), ApiWire.Metric.class, operation)) {
      metrics.add(ApiWire.required(metric, "metric", operation).toMetrics(operation));
    }
    return List.copyOf(metrics);
  }

  /** Adds a span of time; null leaves an end of it to the server. */
  static HttpUrl.Builder between(
      HttpUrl.Builder url, @Nullable Instant from, @Nullable Instant to) {
    if (from != null) {
      url.addQueryParameter("start", Long.toString(from.getEpochSecond()));
    }
    if (to != null) {
      url.addQueryParameter("end", Long.toString(to.getEpochSecond()));
    }
    return url;
  }

  Map<String, SandboxMetrics> metrics(List<String> sandboxIds) {
    String operation = "read the metrics of " + sandboxIds.size() + " sandboxes";
    Map<String, SandboxMetrics> found = new LinkedHashMap<>();
    for (int at = 0; at < sandboxIds.size(); at += MAX_IDS) {
      List<String> some = sandboxIds.subList(at, Math.min(at + MAX_IDS, sandboxIds.size()));
      some.forEach(ApiCalls::checkSandboxId);
      HttpUrl.Builder url =
          api.path("sandboxes", "metrics").addQueryParameter("sandbox_ids", String.join(",", some));
      HttpReply reply = api.send(api.get(url), operation);
      ApiWire.MetricsOfMany many =
          JsonCodec.read(reply.body(), ApiWire.MetricsOfMany.class, operation);
      ApiWire.required(many.sandboxes(), "sandboxes", operation)
          .forEach(
              (id, metric) ->
                  found.put(
                      id, ApiWire.required(metric, "metric", operation).toMetrics(operation)));
    }
    return found;
  }

  LogPage logs(String sandboxId, LogQuery query) {
    String operation = "read the logs of sandbox " + sandboxId;
    HttpUrl.Builder url =
        api.path("v2", "sandboxes", ApiCalls.checkSandboxId(sandboxId), "logs")
            .addQueryParameter("limit", Integer.toString(query.limit()))
            .addQueryParameter("direction", query.backward() ? "backward" : "forward");
    if (query.from() != null) {
      url.addQueryParameter("cursor", Long.toString(query.from().toEpochMilli()));
    }
    if (query.level() != null) {
      url.addQueryParameter("level", query.level());
    }
    if (query.search() != null) {
      url.addQueryParameter("search", query.search());
    }
    HttpReply reply = api.send(api.get(url), operation, sandboxId);
    ApiWire.Logs logs = JsonCodec.read(reply.body(), ApiWire.Logs.class, operation);
    List<LogEntry> entries = new ArrayList<>();
    for (ApiWire.Log log : ApiWire.required(logs.logs(), "logs", operation)) {
      entries.add(ApiWire.required(log, "log", operation).toEntry(operation));
    }
    return new LogPage(entries, next(entries, query));
  }

  private static Optional<Instant> next(List<LogEntry> entries, LogQuery query) {
    if (entries.size() < query.limit()) {
      return Optional.empty();
    }
    Instant at = entries.get(entries.size() - 1).at();
    Instant begun = at.truncatedTo(ChronoUnit.MILLIS);
    // Backward the rest of a millisecond is at or before its end.
    Instant last = query.backward() && !begun.equals(at) ? begun.plusMillis(1) : begun;
    Instant asked = query.from();
    // A page of one millisecond alone would be asked for again and again.
    boolean stands = asked != null && asked.toEpochMilli() == last.toEpochMilli();
    return Optional.of(stands ? last.plusMillis(query.backward() ? -1 : 1) : last);
  }
}
