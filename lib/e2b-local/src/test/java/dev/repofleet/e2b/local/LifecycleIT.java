package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.local.host.Isolation;
import java.io.InputStream;
import java.net.BindException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleIT {
  @TempDir static Path data;
  private static TestServer server;
  private static WireClient client;
  private final List<WireClient.Box> boxes = new ArrayList<>();

  @BeforeAll
  static void startServer() throws Exception {
    server = TestServer.isolated(data, builder -> builder.quota(3));
    client = server.client();
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void killAll() {
    boxes.forEach(client::kill);
  }

  private WireClient.Box create(String fields) {
    WireClient.Box box = client.create("{\"templateID\":\"base\",\"timeout\":600" + fields + "}");
    boxes.add(box);
    return box;
  }

  @Test
  void aKilledSandboxIsGoneWithItsFilesAndProcesses() throws Exception {
    WireClient.Box box = create("");
    client.run(box, "user", "setsid -f sleep 54321 >&/dev/null; echo x > /tmp/x");
    assertThat(client.api("GET", "/sandboxes/" + box.id(), null).json().get("state").asText())
        .isEqualTo("running");
    assertThat(client.api("DELETE", "/sandboxes/" + box.id(), null).status()).isEqualTo(204);
    WireClient.Answer again = client.api("DELETE", "/sandboxes/" + box.id(), null);
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.json().get("code").asInt()).isEqualTo(404);
    WireClient.Answer health = client.send(client.envd(box, "/health", "user").GET());
    assertThat(health.status()).isEqualTo(502);
    assertThat(health.json().get("message").asText()).isEqualTo("The sandbox was not found");
    assertThat(commandLines()).doesNotContain("sleep 54321");
    Awaiting.until(
        "its directory is deleted",
        () -> !Files.exists(data.resolve("sandboxes").resolve(box.id())));
  }

  private static Set<String> commandLines() {
    Set<String> lines = new HashSet<>();
    ProcessHandle.allProcesses()
        .forEach(
            handle -> {
              ProcessHandle.Info info = handle.info();
              lines.add(
                  Path.of(info.command().orElse("-")).getFileName()
                      + " "
                      + String.join(" ", info.arguments().orElse(new String[0])));
            });
    return lines;
  }

  @Test
  void keyTemplateBodyAndTokenAreChecked() {
    WireClient stranger = new WireClient(server.server().uri(), "e2b_wrong");
    WireClient.Answer refused = stranger.api("GET", "/v2/sandboxes", null);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.json().get("code").asInt()).isEqualTo(401);
    assertThat(client.api("POST", "/v2/sandboxes", "{\"templateID\":\"nope\"}").status())
        .isEqualTo(404);
    assertThat(client.api("POST", "/v2/sandboxes", "[").status()).isEqualTo(400);
    assertThat(
            client
                .api("POST", "/sandboxes", "{\"templateID\":\"base\",\"timeout\":0}")
                .json()
                .get("message")
                .asText())
        .isEqualTo("Timeout must be greater than 0");
    WireClient.Box box = create("");
    WireClient.Box forged = new WireClient.Box(box.id(), "0".repeat(64));
    assertThat(client.rpc(forged, "user", "process.Process/List", "{}").status()).isEqualTo(401);
    assertThat(client.rpc(box, "nobody", "process.Process/List", "{}").status()).isEqualTo(401);
    assertThat(client.rpc(box, "user", "process.Process/List", "{}").body()).isEqualTo("{}");
    WireClient.Answer same = client.api("POST", "/v2/sandboxes/" + box.id() + "/connect", null);
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.json().get("envdAccessToken").asText()).isEqualTo(box.token());
  }

  @Test
  void aForeignHostHeaderIsRefusedAndASandboxHostLeadsToItsSandbox() throws Exception {
    WireClient.Box box = create("");
    assertThat(statusFor("evil.example", "/health")).contains(" 403 ");
    assertThat(statusFor("localhost:1", "/health")).contains(" 204 ");
    assertThat(statusFor("49983-" + box.id() + ".localhost", "/health")).contains(" 204 ");
    assertThat(statusFor("8080-" + box.id() + ".localhost", "/")).contains(" 502 ");
    assertThat(statusFor("49983-iunknown.localhost", "/health")).contains(" 502 ");
  }

  private static String statusFor(String host, String path) throws Exception {
    URI uri = server.server().uri();
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    }
  }

  @Test
  void theQuotaRefusesTheNextOneWithoutRetryAfter() {
    create("");
    create("");
    create("");
    WireClient.Answer refused = client.api("POST", "/v2/sandboxes", "{\"templateID\":\"base\"}");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().get("message").asText())
        .contains("maximum number of concurrent E2B sandboxes (3)");
    assertThat(refused.headers()).doesNotContainKey("retry-after");
  }

  @Test
  void listsGoByPageAndMetadata() {
    create(",\"metadata\":{\"fleet\":\"f\",\"n\":\"1\"}");
    create(",\"metadata\":{\"fleet\":\"f\",\"n\":\"2\"}");
    create(",\"metadata\":{\"fleet\":\"g h\"}");
    Set<String> seen = new HashSet<>();
    String token = "";
    do {
      WireClient.Answer page = client.api("GET", "/v2/sandboxes?limit=1&nextToken=" + token, null);
      seen.add(page.body().replaceAll(".*\"sandboxID\":\"([a-z0-9]+)\".*", "$1"));
      token = page.header("x-next-token");
      assertThat(page.header("x-total-running")).isEqualTo("3");
    } while (!token.isEmpty());
    assertThat(seen).hasSize(3);
    assertThat(client.api("GET", "/v2/sandboxes?metadata=fleet%3Df", null).body())
        .contains("\"n\":\"1\"", "\"n\":\"2\"")
        .doesNotContain("g h");
    assertThat(client.api("GET", "/sandboxes?metadata=fleet%3Dg%252520h", null).body())
        .contains("g h");
    assertThat(client.api("GET", "/v2/sandboxes?metadata=fleet", null).status()).isEqualTo(400);
  }

  @Test
  void anExpiredSandboxIsKilled() {
    WireClient.Box box = create("");
    WireClient.Answer set =
        client.api("POST", "/sandboxes/" + box.id() + "/timeout", "{\"timeout\":0}");
    assertThat(set.status()).isEqualTo(204);
    Awaiting.until(
        "it is gone", () -> client.api("GET", "/sandboxes/" + box.id(), null).status() == 404);
  }

  @Test
  void aPausedSandboxStandsStillAndGoesOnAfterConnect() throws Exception {
    WireClient.Box box = create(",\"autoPause\":true");
    WireClient.Events stream =
        client.stream(
            box,
            "user",
            "while [ ! -e /tmp/stop ]; do echo x >> /tmp/ticks; sleep 0.02; done; exit 9",
            java.util.Map.of());
    final long pid = stream.pid();
    Awaiting.until("it ticks", () -> client.read(box, "user", "/tmp/ticks").status() == 200);
    client.api("POST", "/sandboxes/" + box.id() + "/timeout", "{\"timeout\":0}");
    Awaiting.until(
        "it is paused",
        () -> client.api("GET", "/sandboxes/" + box.id(), null).body().contains("\"paused\""));
    assertThatThrownBy(stream::drain).hasMessageContaining("");
    assertThat(client.send(client.envd(box, "/health", "user").GET()).status()).isEqualTo(502);
    Path ticks = data.resolve("sandboxes").resolve(box.id()).resolve("root/tmp/ticks");
    long before = Files.size(ticks);
    assertThat(client.api("POST", "/sandboxes/" + box.id() + "/pause", null).status())
        .isEqualTo(409);
    assertThat(Files.size(ticks)).isEqualTo(before);
    String body = "{\"timeout\":60}";
    assertThat(client.api("POST", "/sandboxes/" + box.id() + "/connect", body).status())
        .isEqualTo(201);
    Awaiting.until("it ticks again", () -> Files.size(ticks) > before);
    WireClient.Events again = client.connect(box, pid);
    client.write(box, "user", "/tmp/stop", "");
    assertThat(again.drain().exitCode()).isEqualTo(9);
  }

  @Test
  void chunkedBodiesAreAccepted() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.server().uri().resolve("/v2/sandboxes"))
            .header("X-API-Key", server.server().apiKey())
            .POST(
                HttpRequest.BodyPublishers.ofInputStream(
                    () ->
                        new java.io.ByteArrayInputStream(
                            "{\"templateID\":\"claude\"}".getBytes(StandardCharsets.UTF_8))));
    WireClient.Answer answer = client.send(request);
    assertThat(answer.status()).isEqualTo(201);
    client.api("DELETE", "/sandboxes/" + answer.json().get("sandboxID").asText(), null);
  }

  @Test
  void aSecondServerOnTheSameDirectoryOrPortIsRefusedWithAWayOut(@TempDir Path other) {
    LocalSandboxOptions.Builder here =
        LocalSandboxOptions.builder(data).isolation(Isolation.plain());
    assertThatThrownBy(() -> new LocalSandboxServer(here.build()).start())
        .hasMessageContaining("in use by another local sandbox server");
    LocalSandboxOptions.Builder port =
        LocalSandboxOptions.builder(other)
            .isolation(Isolation.plain())
            .port(server.server().uri().getPort());
    assertThatThrownBy(() -> new LocalSandboxServer(port.build()).start())
        .hasMessageContaining("choose another port")
        .hasCauseInstanceOf(BindException.class);
  }
}
