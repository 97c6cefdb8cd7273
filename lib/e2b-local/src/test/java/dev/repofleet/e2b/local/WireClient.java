package dev.repofleet.e2b.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Speaks the wire contract by hand, so that the tests depend on no client. */
final class WireClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI base;
  private final String key;

  WireClient(URI base, String key) {
    this.base = base;
    this.key = key;
  }

  record Box(String id, String token) {}

  record Answer(int status, String body, Map<String, List<String>> headers) {
    ObjectNode json() {
      try {
        return Wire.parse(body.getBytes(StandardCharsets.UTF_8));
      } catch (IOException malformed) {
        throw new UncheckedIOException(malformed);
      }
    }

    String header(String name) {
      return headers.getOrDefault(name, List.of("")).get(0);
    }
  }

  /** A JSON array. */
  static JsonNode list(String body) {
    try {
      return Wire.parse(("{\"all\":" + body + "}").getBytes(StandardCharsets.UTF_8)).get("all");
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  Box create(String body) {
    Answer answer = api("POST", "/v2/sandboxes", body);
    if (answer.status() != 201) {
      throw new AssertionError(answer.status() + " " + answer.body());
    }
    ObjectNode json = answer.json();
    return new Box(json.get("sandboxID").asText(), json.get("envdAccessToken").asText());
  }

  Box create() {
    return create("{\"templateID\":\"base\",\"timeout\":600}");
  }

  void kill(Box box) {
    api("DELETE", "/sandboxes/" + box.id(), null);
  }

  Answer api(String method, String path, @org.jspecify.annotations.Nullable String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    request.header("X-API-Key", key).timeout(Awaiting.LONG);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return send(request.method(method, text(body)));
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response.headers().map());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private static BodyPublisher text(@org.jspecify.annotations.Nullable String body) {
    return body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
  }

  /** A request into a sandbox, as envd gets it. */
  HttpRequest.Builder envd(Box box, String path, String user) {
    String basic =
        Base64.getEncoder().encodeToString((user + ":").getBytes(StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(base.resolve(path))
        .header("E2b-Sandbox-Id", box.id())
        .header("E2b-Sandbox-Port", "49983")
        .header("X-Access-Token", box.token())
        .header("Authorization", "Basic " + basic)
        .timeout(Awaiting.LONG);
  }

  Answer rpc(Box box, String user, String method, String body) {
    return send(
        envd(box, "/" + method, user)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  Answer read(Box box, String user, String path) {
    return send(envd(box, "/files?path=" + encode(path), user).GET());
  }

  Answer readRange(Box box, String path, String range) {
    return send(envd(box, "/files?path=" + encode(path), "user").header("Range", range).GET());
  }

  Answer write(Box box, String user, String path, String content) {
    return send(
        envd(box, "/files?path=" + encode(path), user)
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofString(content)));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Runs a command of the shell to its end. */
  Result run(Box box, String user, String script) {
    return stream(box, user, script, Map.of()).drain();
  }

  Events stream(Box box, String user, String script, Map<String, String> headers) {
    return start(box, user, script(script), headers);
  }

  private static ObjectNode script(String script) {
    ObjectNode request = Wire.object();
    request.put("stdin", false);
    ObjectNode process = request.putObject("process").put("cmd", "/bin/bash");
    process.putArray("args").add("-l").add("-c").add(script);
    return request;
  }

  /**
   * The JDK's client forgets what it has not given out when the connection is cut: this doesn't.
   */
  Events streamThatIsCut(Box box, String user, String script) {
    HttpRequest asked =
        envd(box, "/process.Process/Start", user)
            .header("Content-Type", "application/connect+json")
            .header("Connect-Protocol-Version", "1")
            .build();
    Request.Builder request =
        new Request.Builder()
            .url(asked.uri().toString())
            .header("Accept-Encoding", "identity")
            .post(RequestBody.create(ConnectFrames.message(script(script)), null));
    asked.headers().map().forEach((name, all) -> all.forEach(one -> request.addHeader(name, one)));
    try {
      // Buffered, since okio's own blocks when it is asked for no byte at all.
      return new Events(
          new BufferedInputStream(
              new OkHttpClient().newCall(request.build()).execute().body().byteStream()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  Events start(Box box, String user, ObjectNode request, Map<String, String> headers) {
    return open(box, user, "/process.Process/Start", request, headers);
  }

  Events connect(Box box, long pid) {
    ObjectNode request = Wire.object();
    request.putObject("process").put("pid", pid);
    return open(box, "user", "/process.Process/Connect", request, Map.of());
  }

  Events watch(Box box, ObjectNode request) {
    return open(box, "user", "/filesystem.Filesystem/WatchDir", request, Map.of());
  }

  private Events open(
      Box box, String user, String path, ObjectNode request, Map<String, String> headers) {
    HttpRequest.Builder http =
        envd(box, path, user)
            .header("Content-Type", "application/connect+json")
            .header("Connect-Protocol-Version", "1")
            .POST(BodyPublishers.ofByteArray(ConnectFrames.message(request)));
    headers.forEach(http::header);
    try {
      HttpResponse<InputStream> response = HTTP.send(http.build(), BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new AssertionError(
            response.statusCode()
                + " "
                + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
      }
      return new Events(response.body());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** How a command ended, with all it said. */
  record Result(String out, String err, JsonNode end, JsonNode trailer) {
    int exitCode() {
      return end.path("exitCode").asInt(0);
    }
  }

  /** The frames of a stream, one by one. */
  static final class Events implements AutoCloseable {
    private final InputStream in;

    Events(InputStream in) {
      this.in = in;
    }

    /** The next event; the trailer comes as {@code {"trailer": …}}. */
    ObjectNode next() throws IOException {
      byte[] head = in.readNBytes(5);
      if (head.length < 5) {
        throw new IOException("the stream was cut");
      }
      int length = java.nio.ByteBuffer.wrap(head, 1, 4).getInt();
      ObjectNode json = Wire.parse(in.readNBytes(length));
      if (head[0] == 2) {
        return Wire.object().set("trailer", json);
      }
      return json.get("event") instanceof ObjectNode event ? event : json;
    }

    long pid() throws IOException {
      return next().path("start").path("pid").asLong();
    }

    Result drain() {
      java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
      java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
      JsonNode end = Wire.object();
      try {
        while (true) {
          ObjectNode event = next();
          if (event.has("trailer")) {
            return new Result(
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8),
                end,
                event.get("trailer"));
          }
          end = event.has("end") ? event.get("end") : end;
          JsonNode data = event.path("data");
          out.write(Base64.getDecoder().decode(data.path("stdout").asText("")));
          err.write(Base64.getDecoder().decode(data.path("stderr").asText("")));
        }
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
