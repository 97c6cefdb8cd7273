package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okio.Buffer;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * E2B's control plane and envd in memory: sandboxes with state, files, and programs that are
 * scripts of the test. Faults are put in front of it by {@link #answerNext}.
 */
final class FakeE2b extends Dispatcher {
  static final String KEY = "e2b_0123456789abcdefsecret";
  static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What a started program does with its stream. Returning without a trailer cuts the connection.
   */
  interface Program {
    void run(ChunkedStream out) throws IOException, InterruptedException;
  }

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

  final MockWebServer server = new MockWebServer();
  final Map<String, Box> boxes = new ConcurrentHashMap<>(new TreeMap<>());
  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final Map<String, Program> programs = new ConcurrentHashMap<>();
  final Map<Long, String> processes = new ConcurrentHashMap<>();
  final List<String> signals = new CopyOnWriteArrayList<>();
  final List<RecordedRequest> seen = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Map.Entry<String, MockResponse>> faults =
      new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  int pageSize = 100;
  int chunkSize = 1 << 16;
  private final boolean http2;

  FakeE2b() throws IOException {
    this(false);
  }

  /** With HTTP/2, as E2B's edge speaks it, but in clear text. */
  FakeE2b(boolean http2) throws IOException {
    this.http2 = http2;
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
        .requestTimeout(Duration.ofSeconds(10));
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
    String action = request.getMethod() + (path.size() > 2 ? " " + path.get(2) : "");
    if (path.size() == 1) {
      return request.getMethod().equals("POST") ? create(request) : list(request.getUrl());
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
      case "POST pause" -> pause(box);
      case "POST connect" -> v2 ? connect(box, json(request)) : error(404, "v1 is not served");
      default -> error(404, "no such route");
    };
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
    return JSON.createObjectNode()
        .put("sandboxID", box.id)
        .put("templateID", box.spec.path("templateID").asText())
        .put("clientID", "unused")
        .put("envdVersion", "0.6.13")
        .put("envdAccessToken", box.token)
        .put("aFieldOfTomorrow", 1)
        .putNull("domain");
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
    List<Box> all =
        new TreeMap<>(boxes)
            .values().stream()
                .filter(box -> states.contains(box.state))
                .filter(box -> matches(box, wanted))
                .toList();
    int from = Integer.parseInt(or(url.queryParameter("nextToken"), "0"));
    int to = Math.min(all.size(), from + pageSize);
    List<ObjectNode> page = all.subList(from, to).stream().map(FakeE2b::detail).toList();
    MockResponse.Builder response = json(200, page).newBuilder();
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
    String path = request.getUrl().encodedPath();
    return switch (path) {
      case "/files" -> content(request);
      case "/process.Process/Start" -> startProgram(request);
      case "/process.Process/List" -> listProcesses();
      case "/process.Process/SendSignal" -> signal(json(request));
      case "/filesystem.Filesystem/Stat" -> stat(json(request).path("path").asText());
      case "/filesystem.Filesystem/ListDir" -> listDirectory(json(request).path("path").asText());
      case "/filesystem.Filesystem/Remove" -> {
        files.remove(json(request).path("path").asText());
        yield json(200, Map.of());
      }
      case "/filesystem.Filesystem/MakeDir" -> makeDirectory(json(request).path("path").asText());
      default -> connectError(501, "unimplemented", path);
    };
  }

  private MockResponse content(RecordedRequest request) {
    String path = or(request.getUrl().queryParameter("path"), "");
    if (request.getMethod().equals("POST")) {
      okio.ByteString body = request.getBody();
      files.put(path, body == null ? new byte[0] : body.toByteArray());
      return new MockResponse.Builder().setHeader("Content-Type", "text/plain").body("[]").build();
    }
    byte[] bytes = files.get(path);
    if (bytes == null) {
      return error(404, "path '" + path + "' does not exist");
    }
    String range = request.getHeaders().get("Range");
    if (range == null || bytes.length == 0) {
      return new MockResponse.Builder().body(new Buffer().write(bytes)).build();
    }
    String[] ends = range.substring("bytes=".length()).split("-", -1);
    int from = Integer.parseInt(ends[0]);
    if (from >= bytes.length) {
      return new MockResponse.Builder().code(416).body("bytes */" + bytes.length + "\n").build();
    }
    int to = (int) Math.min(bytes.length, Long.parseLong(ends[1]) + 1);
    return new MockResponse.Builder()
        .code(206)
        .setHeader("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, bytes.length))
        .body(new Buffer().write(Arrays.copyOfRange(bytes, from, to)))
        .build();
  }

  private MockResponse startProgram(RecordedRequest request) throws IOException {
    okio.ByteString body = request.getBody();
    byte[] frame = body == null ? new byte[0] : body.toByteArray();
    JsonNode start = JSON.readTree(frame, 5, frame.length - 5);
    String name = start.path("process").path("cmd").asText();
    Program program = programs.get(name);
    return stream(program == null ? out -> out.start(1).end(127).trailer() : program);
  }

  MockResponse stream(Program program) {
    MockResponse.Builder response =
        new MockResponse.Builder()
            .setHeader("Content-Type", "application/connect+json")
            .body(new Running(program, chunkSize, http2));
    if (!http2) {
      response.setHeader("Transfer-Encoding", "chunked");
    }
    return response.build();
  }

  private record Running(Program program, int chunkSize, boolean http2)
      implements MockResponseBody {
    @Override
    public long getContentLength() {
      return -1;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      ChunkedStream out = new ChunkedStream(sink, chunkSize, http2);
      try {
        program.run(out);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!out.terminated()) {
        sink.close();
      }
    }
  }

  private MockResponse listProcesses() {
    List<Map<String, Object>> list = new ArrayList<>();
    processes.forEach(
        (pid, cmd) ->
            list.add(
                Map.of(
                    "config",
                    Map.of("cmd", cmd, "args", List.of("-x"), "envs", Map.of("S", "hush")),
                    "pid",
                    pid)));
    return json(200, list.isEmpty() ? Map.of() : Map.of("processes", list));
  }

  private MockResponse signal(JsonNode body) {
    long pid = body.path("process").path("pid").asLong();
    if (processes.remove(pid) == null) {
      return connectError(404, "not_found", "process with pid " + pid + " not found");
    }
    signals.add(body.path("signal").asText() + " " + pid);
    return json(200, Map.of());
  }

  private MockResponse stat(String path) {
    byte[] bytes = files.get(path);
    return bytes == null
        ? connectError(404, "not_found", "path not found: " + path)
        : json(200, Map.of("entry", entry(path, bytes.length)));
  }

  private MockResponse listDirectory(String path) {
    List<Map<String, Object>> entries = new ArrayList<>();
    new TreeMap<>(files)
        .forEach(
            (name, bytes) -> {
              if (name.startsWith(path + "/")) {
                entries.add(entry(name, bytes.length));
              }
            });
    return json(200, entries.isEmpty() ? Map.of() : Map.of("entries", entries));
  }

  private MockResponse makeDirectory(String path) {
    return files.putIfAbsent(path, new byte[0]) == null
        ? json(200, Map.of("entry", entry(path, 0)))
        : connectError(409, "already_exists", "directory already exists: " + path);
  }

  private static Map<String, Object> entry(String path, int size) {
    return Map.of(
        "name", path.substring(path.lastIndexOf('/') + 1),
        "path", path,
        "type", "FILE_TYPE_FILE",
        "size", Integer.toString(size),
        "mode", 420,
        "permissions", "-rw-r--r--",
        "owner", "user",
        "group", "user",
        "modifiedTime", "2026-01-02T03:04:05.123456789Z");
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
