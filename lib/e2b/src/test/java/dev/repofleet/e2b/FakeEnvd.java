package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.RecordedRequest;
import okhttp3.MultipartReader;
import okio.Buffer;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** envd in memory: files, and programs that are scripts of the test. */
final class FakeEnvd {
  /**
   * What a started program does with its stream. Returning without a trailer cuts the connection.
   */
  interface Program {
    void run(ChunkedStream out) throws IOException, InterruptedException;
  }

  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final Map<String, Program> programs = new ConcurrentHashMap<>();
  final Map<Long, String> processes = new ConcurrentHashMap<>();
  final List<String> signals = new CopyOnWriteArrayList<>();
  final List<String> changes = new CopyOnWriteArrayList<>();

  /** What is started under a name that {@link #programs} does not know. */
  Function<JsonNode, Program> otherPrograms = start -> out -> out.start(1).end(127).trailer();

  private final boolean http2;
  int chunkSize = 1 << 16;

  FakeEnvd(boolean http2) {
    this.http2 = http2;
  }

  MockResponse answer(RecordedRequest request) throws IOException {
    String path = request.getUrl().encodedPath();
    return switch (path) {
      case "/health" -> new MockResponse.Builder().code(204).build();
      case "/files" -> content(request);
      case "/process.Process/Start" -> startProgram(request);
      case "/process.Process/List" -> listProcesses();
      case "/process.Process/Connect" ->
          attach(frame(request).path("process").path("pid").asLong());
      case "/process.Process/SendInput", "/process.Process/CloseStdin", "/process.Process/Update" ->
          change(path.substring(path.lastIndexOf('/') + 1), FakeE2b.json(request));
      case "/process.Process/SendSignal" -> signal(FakeE2b.json(request));
      case "/filesystem.Filesystem/Move" -> move(FakeE2b.json(request));
      case "/filesystem.Filesystem/WatchDir" -> watch(frame(request).path("path").asText());
      case "/filesystem.Filesystem/Stat" -> stat(FakeE2b.json(request).path("path").asText());
      case "/filesystem.Filesystem/ListDir" ->
          listDirectory(FakeE2b.json(request).path("path").asText());
      case "/filesystem.Filesystem/Remove" -> {
        files.remove(FakeE2b.json(request).path("path").asText());
        yield FakeE2b.json(200, Map.of());
      }
      case "/filesystem.Filesystem/MakeDir" ->
          makeDirectory(FakeE2b.json(request).path("path").asText());
      default -> FakeE2b.connectError(501, "unimplemented", path);
    };
  }

  private MockResponse content(RecordedRequest request) throws IOException {
    String path = or(request.getUrl().queryParameter("path"), "");
    String type = or(request.getHeaders().get("Content-Type"), "");
    if (type.startsWith("multipart/form-data")) {
      return form(request, type.substring(type.indexOf("boundary=") + "boundary=".length()));
    }
    if (request.getMethod().equals("POST")) {
      okio.ByteString body = request.getBody();
      files.put(path, body == null ? new byte[0] : body.toByteArray());
      return new MockResponse.Builder().setHeader("Content-Type", "text/plain").body("[]").build();
    }
    byte[] bytes = files.get(path);
    if (bytes == null) {
      return FakeE2b.error(404, "path '" + path + "' does not exist");
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

  private MockResponse form(RecordedRequest request, String boundary) throws IOException {
    okio.ByteString body = request.getBody();
    Buffer bytes = body == null ? new Buffer() : new Buffer().write(body);
    try (MultipartReader reader = new MultipartReader(bytes, boundary)) {
      for (MultipartReader.Part part = reader.nextPart(); part != null; part = reader.nextPart()) {
        String head = or(part.headers().get("Content-Disposition"), "");
        String name = head.substring(head.indexOf("filename=\"") + "filename=\"".length());
        files.put(name.substring(0, name.indexOf('"')), part.body().readByteArray());
      }
    }
    return new MockResponse.Builder().setHeader("Content-Type", "text/plain").body("[]").build();
  }

  private MockResponse move(JsonNode body) {
    String to = body.path("destination").asText();
    byte[] bytes = files.remove(body.path("source").asText());
    if (bytes == null) {
      return FakeE2b.connectError(404, "not_found", "source not found");
    }
    files.put(to, bytes);
    return FakeE2b.json(200, Map.of("entry", entry(to, bytes.length)));
  }

  private MockResponse watch(String path) {
    Program program = programs.get("watch " + path);
    return stream(program == null ? out -> out.error("not_found", "no " + path) : program);
  }

  /** The one message of a streaming call's request. */
  static JsonNode frame(RecordedRequest request) throws IOException {
    okio.ByteString body = request.getBody();
    byte[] frame = body == null ? new byte[0] : body.toByteArray();
    return FakeE2b.JSON.readTree(frame, 5, frame.length - 5);
  }

  private MockResponse startProgram(RecordedRequest request) throws IOException {
    JsonNode start = frame(request);
    String name = start.path("process").path("cmd").asText();
    Program program = programs.get(name);
    return stream(program == null ? otherPrograms.apply(start) : program);
  }

  private MockResponse attach(long pid) {
    Program program = programs.get("attach " + pid);
    return stream(
        program == null
            ? out -> out.error("not_found", "process with pid " + pid + " not found")
            : program);
  }

  private MockResponse change(String what, JsonNode body) {
    long pid = body.path("process").path("pid").asLong();
    if (!processes.containsKey(pid)) {
      return FakeE2b.connectError(404, "not_found", "process with pid " + pid + " not found");
    }
    if (what.equals("CloseStdin")) {
      changes.add("close");
    } else if (what.equals("Update")) {
      changes.add("resize " + body.path("pty").path("size"));
    } else {
      body.path("input")
          .properties()
          .forEach(
              field ->
                  changes.add(
                      field.getKey()
                          + " "
                          + new String(
                              Base64.getDecoder().decode(field.getValue().asText()),
                              StandardCharsets.UTF_8)));
    }
    return FakeE2b.json(200, Map.of());
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
    return FakeE2b.json(200, list.isEmpty() ? Map.of() : Map.of("processes", list));
  }

  private MockResponse signal(JsonNode body) {
    long pid = body.path("process").path("pid").asLong();
    if (processes.remove(pid) == null) {
      return FakeE2b.connectError(404, "not_found", "process with pid " + pid + " not found");
    }
    signals.add(body.path("signal").asText() + " " + pid);
    return FakeE2b.json(200, Map.of());
  }

  private MockResponse stat(String path) {
    byte[] bytes = files.get(path);
    return bytes == null
        ? FakeE2b.connectError(404, "not_found", "path not found: " + path)
        : FakeE2b.json(200, Map.of("entry", entry(path, bytes.length)));
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
    return FakeE2b.json(200, entries.isEmpty() ? Map.of() : Map.of("entries", entries));
  }

  private MockResponse makeDirectory(String path) {
    return files.putIfAbsent(path, new byte[0]) == null
        ? FakeE2b.json(200, Map.of("entry", entry(path, 0)))
        : FakeE2b.connectError(409, "already_exists", "directory already exists: " + path);
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

  private static String or(@Nullable String text, String fallback) {
    return text == null ? fallback : text;
  }
}
