package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program of a sandbox that speaks WebSocket, and a client of the JDK's outside. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class WebSocketIT {
  /** Says each message back, and closes with the code that it is closed with. */
  private static final String ECHO =
      """
      import base64, hashlib, http.server, socketserver, struct
      class Echo(http.server.BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def do_GET(self):
              if self.path == '/closed' or self.headers.get('Upgrade') != 'websocket':
                  body = b'no entry'
                  self.send_response(403)
                  self.send_header('Content-Length', str(len(body)))
                  self.end_headers()
                  self.wfile.write(body)
                  return
              key = self.headers['Sec-WebSocket-Key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
              accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
              self.send_response(101)
              self.send_header('Upgrade', 'websocket')
              self.send_header('Connection', 'Upgrade')
              self.send_header('Sec-WebSocket-Accept', accept)
              self.send_header('Sec-WebSocket-Protocol', self.headers['Sec-WebSocket-Protocol'])
              self.end_headers()
              self.say(1, ('hello at ' + self.path).encode())
              while self.frame():
                  pass
              self.close_connection = True
          def frame(self):
              first, second = self.rfile.read(2)
              size = second & 127
              if size == 126:
                  size = struct.unpack('>H', self.rfile.read(2))[0]
              elif size == 127:
                  size = struct.unpack('>Q', self.rfile.read(8))[0]
              mask = self.rfile.read(4)
              data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(size)))
              self.say(first & 15, data, first & 128)
              return first & 15 != 8
          def say(self, kind, data, final=128):
              size = len(data)
              head = bytes([final | kind])
              if size < 126:
                  head += bytes([size])
              elif size < 65536:
                  head += struct.pack('>BH', 126, size)
              else:
                  head += struct.pack('>BQ', 127, size)
              self.wfile.write(head + data)
      class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
          daemon_threads = True
      server = Server(('127.0.0.1', 0), Echo)
      print(server.server_port, flush=True)
      server.serve_forever()
      """;

  @TempDir static Path data;
  private static TestServer server;
  private static WireClient client;
  private static WireClient.Box box;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.isolated(data, builder -> {});
    client = server.client();
    box = client.create();
    port = startEcho(box);
  }

  private static int startEcho(WireClient.Box where) throws Exception {
    client.write(where, "user", "/tmp/echo.py", ECHO);
    WireClient.Events stream = client.stream(where, "user", "exec python3 /tmp/echo.py", Map.of());
    stream.pid();
    String out = stream.next().path("data").path("stdout").asText();
    return Integer.parseInt(
        new String(Base64.getDecoder().decode(out), StandardCharsets.UTF_8).strip());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** What a client has heard, whole messages one by one. */
  private static final class Heard implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      part.append(text);
      if (last) {
        messages.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      messages.add("closed " + code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      messages.add("broken");
    }

    String next() throws InterruptedException {
      String message = messages.poll(Awaiting.LONG.toSeconds(), TimeUnit.SECONDS);
      assertThat(message).as("the next message").isNotNull();
      return message;
    }
  }

  private static WebSocket connect(Heard heard, String path) {
    return connect(box, port, heard, path);
  }

  private static WebSocket connect(WireClient.Box where, int itsPort, Heard heard, String path) {
    URI uri = server.server().uri();
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols("echo.v1")
        .header("E2b-Sandbox-Id", where.id())
        .header("E2b-Sandbox-Port", Integer.toString(itsPort))
        .buildAsync(URI.create("ws://127.0.0.1:" + uri.getPort() + path), heard)
        .join();
  }

  @Test
  void messages_of_any_size_go_both_ways_and_so_does_the_close() throws Exception {
    Heard heard = new Heard();
    WebSocket socket = connect(heard, "/a?b=c");
    assertThat(socket.getSubprotocol()).isEqualTo("echo.v1");
    assertThat(heard.next()).isEqualTo("hello at /a?b=c");
    for (int size : new int[] {1, 125, 126, 65_535, 65_536, 300_000}) {
      String message = "x".repeat(size);
      socket.sendText(message, true).join();
      assertThat(heard.next()).as("%d characters", size).isEqualTo(message);
    }
    socket.sendClose(4321, "enough").join();
    assertThat(heard.next()).isEqualTo("closed 4321 enough");
  }

  @Test
  void several_are_open_at_once_and_one_that_breaks_off_leaves_the_others() throws Exception {
    Heard first = new Heard();
    Heard second = new Heard();
    WebSocket leaves = connect(first, "/1");
    WebSocket stays = connect(second, "/2");
    assertThat(first.next()).isEqualTo("hello at /1");
    assertThat(second.next()).isEqualTo("hello at /2");
    leaves.abort();
    stays.sendText("still here", true).join();
    assertThat(second.next()).isEqualTo("still here");
    stays.abort();
  }

  @Test
  void a_handshake_that_the_program_refuses_is_refused_in_its_words() {
    assertThatThrownBy(() -> connect(new Heard(), "/closed"))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  void when_its_sandbox_is_killed_the_connection_breaks_off() throws Exception {
    WireClient.Box other = client.create();
    Heard heard = new Heard();
    var unused = connect(other, startEcho(other), heard, "/");
    assertThat(heard.next()).isEqualTo("hello at /");
    client.kill(other);
    assertThat(heard.next()).isIn("broken", "closed 1006 ");
  }
}
