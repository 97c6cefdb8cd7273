package dev.repofleet.e2b.local.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxRegistry;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Wire;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The two list calls (E2B contract, 1.6). Thread-safe. */
final class SandboxList {
  private static final int LARGEST_PAGE = 100;

  private final SandboxRegistry registry;

  SandboxList(SandboxRegistry registry) {
    this.registry = registry;
  }

  /** The older call: running only, all at once. */
  HttpReply running(UnaryOperator<String> query) {
    ArrayNode answer = Wire.array();
    matching(query.apply("metadata"))
        .filter(sandbox -> sandbox.state().wireName().equals("running"))
        .sorted(order(false))
        .forEach(sandbox -> answer.add(sandbox.listed()));
    return HttpReply.json(200, answer);
  }

  /** The call with pages, filters and order. */
  HttpReply page(UnaryOperator<String> query) {
    boolean ascending = ascending(query.apply("order"));
    int limit = limit(query.apply("limit"));
    List<Sandbox> selected =
        matching(query.apply("metadata"))
            .filter(states(query.apply("state"))::admits)
            .filter(startedAfter(query.apply("startedAfter"))::admits)
            .filter(template(query.apply("template"))::admits)
            .sorted(order(ascending))
            .toList();
    List<Sandbox> rest = after(selected, query.apply("nextToken"), ascending);
    ArrayNode answer = Wire.array();
    List<Sandbox> page = rest.subList(0, Math.min(limit, rest.size()));
    page.forEach(sandbox -> answer.add(sandbox.listed()));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Total-Running", Long.toString(totalRunning()));
    if (rest.size() > page.size()) {
      Sandbox last = page.get(page.size() - 1);
      headers.put("X-Next-Token", new PageToken(last.startedAt(), last.id(), ascending).encode());
    }
    return HttpReply.json(200, answer, headers);
  }

  private long totalRunning() {
    return registry.all().stream().filter(sandbox -> sandbox.state().serves()).count();
  }

  private Stream<Sandbox> matching(String metadata) {
    Map<String, String> wanted = MetadataFilter.decode(metadata);
    return registry.all().stream()
        .filter(sandbox -> sandbox.request().metadata().entrySet().containsAll(wanted.entrySet()));
  }

  private static List<Sandbox> after(List<Sandbox> all, String token, boolean ascending) {
    if (token.isEmpty()) {
      return all;
    }
    PageToken from = PageToken.decode(token, ascending);
    Comparator<Instant> times = ascending ? Comparator.naturalOrder() : Comparator.reverseOrder();
    return all.stream()
        .filter(
            sandbox -> {
              int byTime = times.compare(sandbox.startedAt(), from.startedAt());
              return byTime > 0 || (byTime == 0 && sandbox.id().compareTo(from.id()) > 0);
            })
        .toList();
  }

  private static Comparator<Sandbox> order(boolean ascending) {
    Comparator<Sandbox> byTime = Comparator.comparing(Sandbox::startedAt);
    return (ascending ? byTime : byTime.reversed()).thenComparing(Sandbox::id);
  }

  private static boolean ascending(String order) {
    return switch (order) {
      case "", "desc" -> false;
      case "asc" -> true;
      default -> throw ApiException.of(400, "order must be asc or desc");
    };
  }

  private static int limit(String limit) {
    if (limit.isEmpty()) {
      return LARGEST_PAGE;
    }
    if (!limit.matches("\\d{1,3}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > 100) {
      throw ApiException.of(400, "limit must be 1 to " + LARGEST_PAGE);
    }
    return Integer.parseInt(limit);
  }

  private interface Condition {
    boolean admits(Sandbox sandbox);
  }

  private static Condition states(String states) {
    if (states.isEmpty()) {
      return sandbox -> true;
    }
    List<String> wanted = List.of(states.split(",", -1));
    for (String state : wanted) {
      if (!state.equals("running") && !state.equals("paused")) {
        throw ApiException.of(400, "state must be running, paused or both joined by a comma");
      }
    }
    return sandbox -> wanted.contains(sandbox.state().wireName());
  }

  private static Condition startedAfter(String time) {
    if (time.isEmpty()) {
      return sandbox -> true;
    }
    try {
      Instant from = Instant.parse(time);
      return sandbox -> !sandbox.startedAt().isBefore(from);
    } catch (DateTimeParseException malformed) {
      throw ApiException.of(400, "startedAfter must be an RFC 3339 time in UTC");
    }
  }

  private static Condition template(String template) {
    if (template.contains(":")) {
      throw ApiException.of(400, "template can't be filtered by tag");
    }
    return sandbox ->
        template.isEmpty()
            || sandbox.image().templateId().equals(template)
            || sandbox.image().alias().equals(template);
  }
}
