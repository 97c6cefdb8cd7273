package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.Wire;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is reached of a sandbox beside processes and files: its ports, and envd's own routes. */
class DataPlaneIT {
  /** Answers each request with what it got of it. */
  private static final String ECHO =
      """
      import http.server, sys
      class Echo(http.server.BaseHTTPRequestHandler):
          def do_POST(self):
              size = int(self.headers.get('Content-Length') or 0)
              body = self.rfile.read(size)
              self.send_response(201)
              self.send_header('X-Seen-Host', self.headers['Host'])
              self.end_headers()
              self.wfile.write(self.path.encode() + b' ' + body)
          do_GET = do_POST
      server = http.server.HTTPServer(('127.0.0.1', 0), Echo)
      print(server.server_port, flush=True)
      server.serve_forever()
      """;

  @TempDir static Path data;
  private static TestServer server;
  private static WireClient client;
  private WireClient.Box box;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestServer.isolated(data, builder -> builder.environment("FROM_SERVER", "1"));
    client = server.client();
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void create() {
    box = client.create();
  }

  @AfterEach
  void kill() {
    client.kill(box);
  }

  private int startEcho(WireClient.Box where) throws Exception {
    client.write(where, "user", "/tmp/echo.py", ECHO);
    WireClient.Events stream = client.stream(where, "user", "exec python3 /tmp/echo.py", Map.of());
    return port(stream);
  }

  /** Which a program tells on its first line. */
  private static int port(WireClient.Events stream) throws Exception {
    stream.pid();
    String out = stream.next().path("data").path("stdout").asText();
    return Integer.parseInt(
        new String(java.util.Base64.getDecoder().decode(out), StandardCharsets.UTF_8).strip());
  }

  private static HttpRequest.Builder to(WireClient.Box where, int port, String path) {
    return HttpRequest.newBuilder(server.server().uri().resolve(path))
        .header("E2b-Sandbox-Id", where.id())
        .header("E2b-Sandbox-Port", Integer.toString(port));
  }

  @Test
  void aPortOfItsProgramsIsReachedByHeadersAndByHost() throws Exception {
    int port = startEcho(box);
    WireClient.Answer answer =
        client.send(to(box, port, "/a?b=c").POST(BodyPublishers.ofString("hello")));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("/a?b=c hello");
    String host = port + "-" + box.id() + ".localhost";
    assertThat(raw(host, "/by-host"))
        .contains(" 201 ", "/by-host")
        .containsIgnoringCase("X-Seen-Host: " + host);
  }

  /** Its program dies in the middle of it. */
  @Test
  void anAnswerThatBreaksOffBreaksOffOutsideToo() throws Exception {
    client.write(
        box,
        "user",
        "/tmp/half.py",
        """
        import socket
        listener = socket.create_server(('127.0.0.1', 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.recv(65536)
            head = b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'
            connection.sendall(head + b'4\\r\\nhalf\\r\\n')
            connection.close()
        """);
    int port = port(client.stream(box, "user", "exec python3 /tmp/half.py", Map.of()));
    String answer = raw(port + "-" + box.id() + ".localhost", "/");
    assertThat(answer).contains(" 200 ", "half").doesNotEndWith("0\r\n\r\n");
  }

  private static String raw(String host, String path) throws Exception {
    URI uri = server.server().uri();
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void onlyItsOwnProgramsAreReachedAndAClosedPortIsNamed() throws Exception {
    try (ServerSocket foreign = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
      WireClient.Answer closed = client.send(to(box, foreign.getLocalPort(), "/").GET());
      assertThat(closed.status()).isEqualTo(502);
      assertThat(closed.json().get("message").asText())
          .isEqualTo("The sandbox is running but port is not open");
      assertThat(closed.json().get("port").asInt()).isEqualTo(foreign.getLocalPort());
    }
    WireClient.Box other = client.create();
    try {
      int port = startEcho(other);
      assertThat(client.send(to(box, port, "/").GET()).status()).isEqualTo(502);
      assertThat(client.send(to(other, port, "/").GET()).status()).isEqualTo(201);
    } finally {
      client.kill(other);
    }
  }

  @Test
  void withoutPublicTrafficThePortAsksForItsTokenAndTheHostIsMasked() throws Exception {
    WireClient.Answer made =
        client.api(
            "POST",
            "/v2/sandboxes",
            "{\"templateID\":\"base\",\"timeout\":600,\"network\":{\"allowPublicTraffic\":false,"
                + "\"maskRequestHost\":\"localhost:${PORT}\"}}");
    JsonNode json = made.json();
    WireClient.Box closed =
        new WireClient.Box(json.get("sandboxID").asText(), json.get("envdAccessToken").asText());
    String token = json.get("trafficAccessToken").asText();
    try {
      int port = startEcho(closed);
      assertThat(client.send(to(closed, port, "/").GET()).status()).isEqualTo(403);
      WireClient.Answer answer =
          client.send(to(closed, port, "/").header("e2b-traffic-access-token", token).GET());
      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.header("x-seen-host")).isEqualTo("localhost:" + port);
      WireClient.Answer detail = client.api("GET", "/sandboxes/" + closed.id(), null);
      assertThat(detail.body()).doesNotContain(token);
    } finally {
      client.kill(closed);
    }
  }

  @Test
  void envdTellsVariablesAndMeasurementsAndHidesTheControlPlanesRoutes() {
    WireClient.Answer variables = client.send(client.envd(box, "/envs", "user").GET());
    assertThat(variables.json().get("E2B_SANDBOX_ID").asText()).isEqualTo(box.id());
    assertThat(variables.json().get("FROM_SERVER").asText()).isEqualTo("1");
    WireClient.Answer measured = client.send(client.envd(box, "/metrics", "user").GET());
    assertThat(measured.json().get("cpu_count").asInt()).isPositive();
    assertThat(measured.json().get("mem_total_mib").asLong()).isPositive();
    assertThat(client.send(to(box, 49983, "/envs").GET()).status()).isEqualTo(401);
    WireClient.Answer init =
        client.send(client.envd(box, "/init", "user").POST(BodyPublishers.ofString("{}")));
    assertThat(init.status()).isEqualTo(404);
    assertThat(init.json().get("path").asText()).isEqualTo("/init");
  }

  @Test
  void aRequestWakesOneThatWasMadeSoButOnlyWithItsToken() {
    WireClient.Box sleeper =
        client.create(
            "{\"templateID\":\"base\",\"timeout\":600,\"autoPause\":true,"
                + "\"autoResume\":{\"enabled\":true}}");
    try {
      String pause = "/sandboxes/" + sleeper.id() + "/pause";
      assertThat(client.api("POST", pause, null).status()).isEqualTo(204);
      WireClient.Box forged = new WireClient.Box(sleeper.id(), "0".repeat(64));
      assertThat(client.rpc(forged, "user", "process.Process/List", "{}").status()).isEqualTo(403);
      assertThat(client.run(sleeper, "user", "echo awake").out()).isEqualTo("awake\n");
      assertThat(client.api("GET", "/sandboxes/" + sleeper.id(), null).json().get("state").asText())
          .isEqualTo("running");
    } finally {
      client.kill(sleeper);
    }
  }

  @Test
  void inputComesAsAStreamOfMessagesAndEndsWithCloseStdin() throws Exception {
    ObjectNode request = Wire.object().put("stdin", true);
    request.putObject("process").put("cmd", "/bin/cat");
    WireClient.Events cat = client.start(box, "user", request, Map.of());
    long pid = cat.pid();
    ObjectNode start = Wire.object();
    start.putObject("start").putObject("process").put("pid", pid);
    java.io.ByteArrayOutputStream frames = new java.io.ByteArrayOutputStream();
    frames.writeBytes(ConnectFrames.message(start));
    for (String part : new String[] {"one ", "two"}) {
      ObjectNode message = Wire.object();
      message
          .putObject("data")
          .putObject("input")
          .put("stdin", part.getBytes(StandardCharsets.UTF_8));
      frames.writeBytes(ConnectFrames.message(message));
    }
    frames.writeBytes(ConnectFrames.message("{\"keepalive\":{}}".getBytes(StandardCharsets.UTF_8)));
    WireClient.Answer fed = streamInput(frames.toByteArray());
    assertThat(fed.status()).isEqualTo(200);
    assertThat(fed.body()).doesNotContain("error");
    String close = "{\"process\":{\"pid\":" + pid + "}}";
    assertThat(client.rpc(box, "user", "process.Process/CloseStdin", close).body()).isEqualTo("{}");
    assertThat(cat.drain().out()).isEqualTo("one two");
    byte[] huge = {0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    assertThat(streamInput(huge).body()).contains("invalid_argument", "at most");
    assertThat(streamInput(new byte[] {0, 0}).body()).contains("within an envelope");
  }

  private WireClient.Answer streamInput(byte[] frames) {
    return client.send(
        client
            .envd(box, "/process.Process/StreamInput", "user")
            .header("Content-Type", "application/connect+json")
            .POST(BodyPublishers.ofByteArray(frames)));
  }

  @Test
  void partsOfAFileAreComposedAndGone() {
    client.write(box, "user", "/tmp/p1", "one ");
    client.write(box, "user", "/tmp/p2", "two");
    WireClient.Answer composed =
        client.send(
            client
                .envd(box, "/files/compose", "user")
                .POST(
                    BodyPublishers.ofString(
                        "{\"source_paths\":[\"/tmp/p1\",\"/tmp/p2\"],"
                            + "\"destination\":\"/tmp/new/whole\"}")));
    assertThat(composed.status()).as(composed.body()).isEqualTo(200);
    assertThat(client.read(box, "user", "/tmp/new/whole").body()).isEqualTo("one two");
    assertThat(client.read(box, "user", "/tmp/p1").status()).isEqualTo(404);
  }
}
