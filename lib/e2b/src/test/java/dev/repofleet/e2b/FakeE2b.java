package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * E2B's control plane and envd in memory: sandboxes with state, files, and programs that are
 * scripts of the test. Faults are put in front of it by {@link #answerNext}.
 */
final class FakeE2b extends Dispatcher {
  static final String KEY = "e2b_0123456789abcdefsecret";
  static final ObjectMapper JSON = new ObjectMapper();

  /** One sandbox. */
  static final class Box {
    final String id;
    final String token;
    final ObjectNode spec;
    String state = "running";
    Instant endAt;

    Box(String id, ObjectNode spec, Instant endAt) {
      this.id = id;
      this.token = "token-of-" + id;
      this.spec = spec;
      this.endAt = endAt;
    }
  }

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  /** A client that hangs up early is what many tests are about: for the server it is a crash. */
  private static final Logger CRASHES = Logger.getLogger(MockWebServer.class.getName());

  static {
    CRASHES.setLevel(Level.OFF);
  }

  final MockWebServer server = new MockWebServer();
  final Map<String, Box> boxes = new ConcurrentHashMap<>(new TreeMap<>());
  final Map<String, String> snapshots = new ConcurrentSkipListMap<>();
  final List<ObjectNode> logs = new CopyOnWriteArrayList<>();
  final FakeTemplates templates = new FakeTemplates();
  final FakeEnvd envd;
  final Map<String, byte[]> files;
  final Map<String, FakeEnvd.Program> programs;
  final Map<Long, String> processes;
  final List<String> signals;
  final List<RecordedRequest> seen = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Map.Entry<String, MockResponse>> faults =
      new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  int pageSize = 100;
  int quota = 1000;

  FakeE2b() throws IOException {
    this(false);
  }

  /** With HTTP/2, as E2B's edge speaks it, but in clear text. */
  FakeE2b(boolean http2) throws IOException {
    envd = new FakeEnvd(http2);
    files = envd.files;
    programs = envd.programs;
    processes = envd.processes;
    signals = envd.signals;
    if (http2) {
      server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    }
    server.setDispatcher(this);
    server.start();
  }

  Box box(String id) {
    Box box = boxes.get(id);
    if (box == null) {
      throw new NoSuchElementException(id);
    }
    return box;
  }

  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  E2bOptions.Builder options() {
    return E2bOptions.builder()
        .apiKey(KEY)
        .apiUrl(url())
        .sandboxUrl(url())
        .requestTimeout(Waiting.LONG);
  }

  /**
   * The next request whose path contains {@code part} gets this answer and reaches nothing else.
   */
  void answerNext(String part, MockResponse response) {
    faults.add(Map.entry(part, response));
  }

  RecordedRequest last(String part) {
    for (int i = seen.size() - 1; i >= 0; i--) {
      if (seen.get(i).getTarget().contains(part)) {
        return seen.get(i);
      }
    }
    throw new NoSuchElementException("no request for " + part);
  }

  long countOf(String part) {
    return seen.stream().filter(request -> request.getTarget().contains(part)).count();
  }

  static JsonNode json(RecordedRequest request) {
    try {
      okio.ByteString body = request.getBody();
      return JSON.readTree(body == null ? new byte[0] : body.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MockResponse json(int status, Object body) {
    try {
      return new MockResponse.Builder()
          .code(status)
          .setHeader("Content-Type", "application/json")
          .body(JSON.writeValueAsString(body))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MockResponse error(int status, String message) {
    return json(status, Map.of("code", status, "message", message));
  }

  static MockResponse connectError(int status, String code, String message) {
    return json(status, Map.of("code", code, "message", message));
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    seen.add(request);
    for (Map.Entry<String, MockResponse> fault : faults) {
      if (request.getTarget().contains(fault.getKey()) && faults.remove(fault)) {
        return fault.getValue();
      }
    }
    if (request.getTarget().startsWith("/uploads/")) {
      return templates.upload(request);
    }
    try {
      return request.getHeaders().get("E2b-Sandbox-Id") == null ? control(request) : envd(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MockResponse control(RecordedRequest request) {
    if (!KEY.equals(request.getHeaders().get("X-API-KEY"))) {
      return error(401, "Invalid API key, please visit the docs");
    }
    List<String> path = new ArrayList<>(request.getUrl().pathSegments());
    boolean v2 = path.remove("v2");
    path.remove("v3");
    String action = request.getMethod() + (path.size() > 2 ? " " + path.get(2) : "");
    if (path.get(0).equals("snapshots")) {
      return page(request.getUrl(), snapshots.keySet().stream().map(this::snapshot).toList());
    }
    if (action.equals("GET") && path.equals(List.of("templates"))) {
      return page(request.getUrl(), templates.listed());
    }
    if (path.get(0).equals("templates")) {
      boolean snapshot = path.size() == 2 && snapshots.remove(path.get(1)) != null;
      return snapshot
          ? new MockResponse.Builder().code(204).build()
          : templates.answer(request, path.subList(1, path.size()));
    }
    if (path.size() == 1) {
      return request.getMethod().equals("POST") ? create(request) : list(request.getUrl());
    }
    if (path.get(1).equals("metrics")) {
      return metrics(or(request.getUrl().queryParameter("sandbox_ids"), "").split(",", -1));
    }
    Box box = boxes.get(path.get(1));
    if (box == null) {
      return error(404, "sandbox \"" + path.get(1) + "\" doesn't exist");
    }
    return switch (action) {
      case "GET" -> json(200, detail(box));
      case "DELETE" -> {
        boxes.remove(box.id);
        yield new MockResponse.Builder().code(204).build();
      }
      case "POST timeout" -> {
        box.endAt = NOW.plusSeconds(json(request).get("timeout").asLong());
        yield new MockResponse.Builder().code(204).build();
      }
      case "POST refreshes", "PUT network" -> new MockResponse.Builder().code(204).build();
      case "POST snapshots" -> {
        String name = json(request).path("name").asText("");
        String snapshot = box.id + ":copy" + count.incrementAndGet();
        snapshots.put(snapshot, name);
        yield json(201, snapshot(snapshot));
      }
      case "GET metrics" -> json(200, List.of(metric()));
      case "GET logs" -> json(200, Map.of("logs", logs(request.getUrl())));
      case "POST pause" -> pause(box);
      case "POST fork" -> fork(box, json(request));
      case "POST connect" -> v2 ? connect(box, json(request)) : error(404, "v1 is not served");
      default -> error(404, "no such route");
    };
  }

  private ObjectNode snapshot(String id) {
    ObjectNode node = JSON.createObjectNode().put("snapshotID", id);
    String name = snapshots.getOrDefault(id, "");
    if (!name.isEmpty()) {
      node.putArray("names").add(name);
    }
    return node;
  }

  private MockResponse metrics(String... ids) {
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode sandboxes = answer.putObject("sandboxes");
    for (String id : ids) {
      if (boxes.containsKey(id)) {
        sandboxes.set(id, metric());
      }
    }
    return json(200, answer);
  }

  private static ObjectNode metric() {
    return JSON.createObjectNode()
        .put("timestamp", NOW.toString())
        .put("timestampUnix", NOW.getEpochSecond())
        .put("cpuCount", 2)
        .put("cpuUsedPct", 12.5)
        .put("memUsed", 3L << 30)
        .put("memTotal", 4L << 30)
        .put("memCache", 5)
        .put("diskUsed", 6)
        .put("diskTotal", 7);
  }

  private List<ObjectNode> logs(HttpUrl url) {
    long from = Long.parseLong(or(url.queryParameter("cursor"), "0"));
    int limit = Integer.parseInt(or(url.queryParameter("limit"), "1000"));
    if ("backward".equals(url.queryParameter("direction"))) {
      Instant to = url.queryParameter("cursor") == null ? Instant.MAX : Instant.ofEpochMilli(from);
      List<ObjectNode> found = new ArrayList<>(logs);
      found.removeIf(log -> Instant.parse(log.path("timestamp").asText()).isAfter(to));
      Collections.reverse(found);
      return found.subList(0, Math.min(limit, found.size()));
    }
    return logs.stream()
        .filter(log -> Instant.parse(log.path("timestamp").asText()).toEpochMilli() >= from)
        .limit(limit)
        .toList();
  }

  private MockResponse create(RecordedRequest request) {
    ObjectNode spec = (ObjectNode) json(request);
    if (spec.path("templateID").asText().equals("missing")) {
      return error(404, "template 'missing' not found");
    }
    String id = "i%020d".formatted(count.incrementAndGet());
    Box box = new Box(id, spec, NOW.plusSeconds(spec.path("timeout").asLong(300)));
    boxes.put(id, box);
    return json(201, handle(box));
  }

  private MockResponse fork(Box box, JsonNode body) {
    List<Map<String, Object>> forks = new ArrayList<>();
    for (int made = 0; made < body.path("count").asInt(1); made++) {
      if (boxes.size() >= quota) {
        String full = "you have reached the maximum number of concurrent E2B sandboxes";
        forks.add(Map.of("error", Map.of("code", 429, "message", full)));
      } else {
        String id = "i%020d".formatted(count.incrementAndGet());
        Box copy = new Box(id, box.spec, NOW.plusSeconds(body.path("timeout").asLong(15)));
        boxes.put(id, copy);
        forks.add(Map.of("sandbox", handle(copy)));
      }
    }
    return json(201, forks);
  }

  private static MockResponse pause(Box box) {
    if (!box.state.equals("running")) {
      boolean paused = box.state.equals("paused");
      return error(409, paused ? "Sandbox is already paused" : "Sandbox is changing its state");
    }
    box.state = "paused";
    return new MockResponse.Builder().code(204).build();
  }

  private static MockResponse connect(Box box, JsonNode body) {
    int status = box.state.equals("paused") ? 201 : 200;
    box.state = "running";
    Instant asked = NOW.plusSeconds(body.path("timeout").asLong(300));
    box.endAt = asked.isAfter(box.endAt) ? asked : box.endAt;
    return json(status, handle(box));
  }

  private static ObjectNode handle(Box box) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("sandboxID", box.id)
            .put("templateID", box.spec.path("templateID").asText())
            .put("clientID", "unused")
            .put("envdVersion", "0.6.13")
            .put("envdAccessToken", box.token)
            .put("aFieldOfTomorrow", 1)
            .putNull("domain");
    if (!box.spec.path("network").path("allowPublicTraffic").asBoolean(true)) {
      node.put("trafficAccessToken", "traffic-of-" + box.id);
    }
    return node;
  }

  private static ObjectNode detail(Box box) {
    ObjectNode node = handle(box);
    node.remove("envdAccessToken");
    node.put("state", box.state)
        .put("startedAt", NOW.toString())
        .put("endAt", box.endAt.toString())
        .put("cpuCount", 2)
        .put("memoryMB", 1024)
        .put("diskSizeMB", 4096);
    node.set("metadata", box.spec.path("metadata").deepCopy());
    return node;
  }

  private MockResponse list(HttpUrl url) {
    List<String> states = List.of(or(url.queryParameter("state"), "running,paused").split(",", -1));
    Map<String, String> wanted = filter(url);
    return page(
        url,
        new TreeMap<>(boxes)
            .values().stream()
                .filter(box -> states.contains(box.state))
                .filter(box -> matches(box, wanted))
                .map(FakeE2b::detail)
                .toList());
  }

  private MockResponse page(HttpUrl url, List<ObjectNode> all) {
    int from = Integer.parseInt(or(url.queryParameter("nextToken"), "0"));
    int to = Math.min(all.size(), from + pageSize);
    MockResponse.Builder response = json(200, all.subList(from, to)).newBuilder();
    if (to < all.size()) {
      response.setHeader("X-Next-Token", Integer.toString(to));
    }
    return response.build();
  }

  /** Decodes as the API does: the query value, the form, each part. */
  private static Map<String, String> filter(HttpUrl url) {
    Map<String, String> wanted = new LinkedHashMap<>();
    String once = url.queryParameter("metadata");
    if (once != null) {
      for (String pair : once.split("&", -1)) {
        String[] parts = pair.split("=", -1);
        wanted.put(twice(parts[0]), twice(parts[1]));
      }
    }
    return wanted;
  }

  private static String twice(String text) {
    String form = URLDecoder.decode(text, StandardCharsets.UTF_8);
    return URLDecoder.decode(form, StandardCharsets.UTF_8);
  }

  private static boolean matches(Box box, Map<String, String> wanted) {
    JsonNode metadata = box.spec.path("metadata");
    return wanted.entrySet().stream()
        .allMatch(e -> metadata.path(e.getKey()).asText("").equals(e.getValue()));
  }

  private MockResponse envd(RecordedRequest request) throws IOException {
    Box box = boxes.get(request.getHeaders().get("E2b-Sandbox-Id"));
    if (box == null || !box.state.equals("running")) {
      return json(
          502, Map.of("sandboxId", "x", "message", "The sandbox was not found", "code", 502));
    }
    if (!box.token.equals(request.getHeaders().get("X-Access-Token"))) {
      return error(401, "unauthorized access, please provide a valid access token");
    }
    return envd.answer(request);
  }

  static String basicUser(RecordedRequest request) {
    String header = or(request.getHeaders().get("Authorization"), "Basic ");
    return new String(
        Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.UTF_8);
  }

  private static String or(@Nullable String text, String fallback) {
    return text == null ? fallback : text;
  }

  static MockResponse dropped() {
    return new MockResponse.Builder()
        .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
        .build();
  }

  @Override
  public void close() {
    server.close();
  }
}
