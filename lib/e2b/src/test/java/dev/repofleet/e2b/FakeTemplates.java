package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;

/** Template builds in memory: one that was started is at its steps until the test ends it. */
final class FakeTemplates {
  private static final int PAGE = 100;
  private static final String TIME = "2026-01-02T03:04:05Z";

  /** Name → id. */
  final Map<String, String> names = new ConcurrentHashMap<>();

  final List<String> log = new CopyOnWriteArrayList<>();

  /** Hash → tar. */
  final Map<String, byte[]> uploads = new ConcurrentHashMap<>();

  /** Tag → build. */
  final Map<String, String> tags = new ConcurrentSkipListMap<>();

  private final AtomicInteger count = new AtomicInteger();
  private volatile JsonNode started = FakeE2b.JSON.createObjectNode();
  private volatile ObjectNode end = status("waiting");

  private static ObjectNode status(String name) {
    return FakeE2b.JSON.createObjectNode().put("status", name);
  }

  JsonNode started() {
    return started;
  }

  void succeed() {
    end = status("ready");
  }

  void fail(String step, String message) {
    end = status("error");
    end.putObject("reason").put("message", message).put("step", step);
  }

  /** The path begins behind {@code templates}. */
  MockResponse answer(RecordedRequest request, List<String> path) {
    if (path.isEmpty()) {
      return create(FakeE2b.json(request).path("name").asText());
    }
    if (path.get(0).equals("aliases")) {
      String name = path.get(1);
      return name.equals("theirs")
          ? FakeE2b.error(403, "not yours")
          : names.containsKey(name)
              ? FakeE2b.json(200, Map.of("templateID", "t"))
              : FakeE2b.error(404, "no alias " + name);
    }
    if (path.get(0).equals("tags")) {
      return changeTags(request.getMethod(), FakeE2b.json(request));
    }
    if (path.get(path.size() - 1).equals("tags")) {
      return FakeE2b.json(200, tags.entrySet().stream().map(FakeTemplates::tag).toList());
    }
    if (path.size() == 3 && path.get(1).equals("files")) {
      return uploadLink(request, path.get(2));
    }
    if (path.size() == 1) {
      return names.values().remove(path.get(0))
          ? new MockResponse.Builder().code(204).build()
          : FakeE2b.error(404, "template not found");
    }
    if (request.getMethod().equals("POST")) {
      started = FakeE2b.json(request);
      end = status("building");
      return new MockResponse.Builder().code(202).build();
    }
    String offset = request.getUrl().queryParameter("logsOffset");
    return progress(Integer.parseInt(offset == null ? "0" : offset));
  }

  List<ObjectNode> listed() {
    List<ObjectNode> all = new ArrayList<>();
    new TreeMap<>(names)
        .forEach(
            (name, id) -> {
              ObjectNode one = FakeE2b.JSON.createObjectNode();
              one.put("templateID", id).put("buildID", "b").put("buildStatus", "ready");
              one.put("cpuCount", 2).put("memoryMB", 1024).put("public", false);
              one.put("createdAt", TIME).put("updatedAt", TIME).putArray("names").add(name);
              all.add(one);
            });
    return all;
  }

  private static Map<String, String> tag(Map.Entry<String, String> tag) {
    return Map.of("tag", tag.getKey(), "buildID", tag.getValue(), "createdAt", TIME);
  }

  private MockResponse changeTags(String method, JsonNode body) {
    if (method.equals("DELETE")) {
      body.path("tags").forEach(tag -> tags.remove(tag.asText()));
      return new MockResponse.Builder().code(204).build();
    }
    String target = body.path("target").asText();
    String build = tags.get(target.substring(target.indexOf(':') + 1));
    if (build == null) {
      return FakeE2b.error(404, "no such tag");
    }
    body.path("tags").forEach(tag -> tags.put(tag.asText(), build));
    return FakeE2b.json(201, Map.of("buildID", build, "tags", body.path("tags")));
  }

  private MockResponse uploadLink(RecordedRequest request, String hash) {
    if (uploads.containsKey(hash)) {
      return FakeE2b.json(201, Map.of("present", true));
    }
    String url = request.getUrl().resolve("/uploads/" + hash + "?signature=hush") + "";
    return FakeE2b.json(
        201, Map.of("present", false, "url", url, "headers", Map.of("x-store", "s3")));
  }

  /** What is sent to a link: by its signature alone, with its length. */
  MockResponse upload(RecordedRequest request) {
    okio.ByteString body = request.getBody();
    boolean fine =
        "s3".equals(request.getHeaders().get("x-store"))
            && request.getHeaders().get("X-API-KEY") == null
            && request.getHeaders().get("Content-Length") != null;
    if (!fine || body == null) {
      return FakeE2b.error(411, "MissingContentLength");
    }
    uploads.put(request.getUrl().pathSegments().get(1), body.toByteArray());
    return new MockResponse.Builder().build();
  }

  private MockResponse create(String name) {
    String id = names.computeIfAbsent(name, key -> "t" + count.incrementAndGet());
    ObjectNode answer = FakeE2b.JSON.createObjectNode();
    answer.put("templateID", id).put("buildID", "b" + count.incrementAndGet()).put("public", false);
    answer.putArray("names").add("team/" + name);
    return FakeE2b.json(202, answer);
  }

  private MockResponse progress(int offset) {
    ObjectNode answer = end.deepCopy();
    List<String> lines = new ArrayList<>(log);
    int to = Math.min(lines.size(), offset + PAGE);
    var entries = answer.putArray("logEntries");
    for (String line : lines.subList(Math.min(offset, to), to)) {
      entries.addObject().put("timestamp", "2026-01-02T03:04:05Z").put("message", line);
    }
    return FakeE2b.json(200, answer);
  }
}
