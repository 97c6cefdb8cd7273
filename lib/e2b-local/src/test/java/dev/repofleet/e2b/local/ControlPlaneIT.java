package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API has beside the life of a sandbox: snapshots, forks, metrics, logs, network. */
class ControlPlaneIT {
  @TempDir static Path data;
  private static TestServer server;
  private static WireClient client;
  private final List<String> ids = new ArrayList<>();

  @BeforeAll
  static void startServer() throws Exception {
    server = TestServer.isolated(data, builder -> {});
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
    ids.forEach(id -> client.api("DELETE", "/sandboxes/" + id, null));
  }

  private WireClient.Box create(String fields) {
    WireClient.Box box = client.create("{\"templateID\":\"base\",\"timeout\":600" + fields + "}");
    ids.add(box.id());
    return box;
  }

  private WireClient.Box from(String template) {
    WireClient.Box box = client.create("{\"templateID\":\"" + template + "\",\"timeout\":600}");
    ids.add(box.id());
    return box;
  }

  private static WireClient.Answer post(
      WireClient.Box box, String action, @org.jspecify.annotations.Nullable String body) {
    return client.api("POST", "/sandboxes/" + box.id() + "/" + action, body);
  }

  @Test
  void aSandboxFromASnapshotHasItsFilesAndOwnersAndTheSourceGoesOn() throws Exception {
    WireClient.Box box = create("");
    client.write(box, "user", "/home/user/kept", "content");
    client.run(box, "root", "echo secret > /var/rooted; chmod 600 /var/rooted; ln -s kept ~user/l");
    WireClient.Events running =
        client.stream(
            box, "user", "while [ ! -e /tmp/stop ]; do sleep 0.02; done; exit 4", Map.of());
    running.pid();
    WireClient.Answer taken = post(box, "snapshots", "{\"name\":\"kept-state\"}");
    assertThat(taken.status()).as(taken.body()).isEqualTo(201);
    String snapshot = taken.json().get("snapshotID").asText();
    assertThat(taken.json().get("names").get(0).asText()).isEqualTo("kept-state:default");
    client.write(box, "user", "/tmp/stop", "");
    assertThat(running.drain().exitCode()).as("the source ran on").isEqualTo(4);
    client.kill(box);

    for (String template : List.of(snapshot, "kept-state")) {
      WireClient.Box copy = from(template);
      assertThat(client.read(copy, "user", "/home/user/l").body()).isEqualTo("content");
      assertThat(client.read(copy, "user", "/var/rooted").status()).isEqualTo(403);
      assertThat(client.run(copy, "root", "cat /var/rooted; hostname").out())
          .isEqualTo("secret\n" + copy.id() + "\n");
    }
    assertThat(post(from("base"), "snapshots", "{\"name\":\"kept-state\"}").status())
        .isEqualTo(409);
    assertThat(client.api("GET", "/snapshots?sandboxID=" + box.id(), null).body())
        .contains(snapshot);
    assertThat(client.api("DELETE", "/templates/" + snapshot, null).status()).isEqualTo(204);
    assertThat(client.api("DELETE", "/templates/" + snapshot, null).status()).isEqualTo(404);
    assertThat(client.api("GET", "/snapshots", null).body()).doesNotContain(snapshot);
    assertThat(
            client
                .api("POST", "/v2/sandboxes", "{\"templateID\":\"" + snapshot + "\"}")
                .json()
                .get("code")
                .asInt())
        .isEqualTo(404);
  }

  @Test
  void aLinkInTheWayOfTheServersOwnFolderKeepsASnapshotFromStarting() {
    WireClient.Box box = create("");
    client.run(box, "root", "mv /var/lib /var/other && ln -s /etc /var/lib");
    String snapshot = post(box, "snapshots", "{}").json().get("snapshotID").asText();
    WireClient.Answer refused =
        client.api("POST", "/v2/sandboxes", "{\"templateID\":\"" + snapshot + "\"}");
    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.json().get("message").asText()).contains("no plain directory");
  }

  @Test
  void forksHaveTheFilesAndLivesOfTheirOwn() {
    WireClient.Box box = create(",\"metadata\":{\"k\":\"v\"}");
    client.write(box, "user", "/home/user/f", "shared");
    WireClient.Answer forked = post(box, "fork", "{\"timeout\":600,\"count\":2}");
    assertThat(forked.status()).as(forked.body()).isEqualTo(201);
    List<String> made = new ArrayList<>();
    for (JsonNode one : WireClient.list(forked.body())) {
      JsonNode sandbox = one.get("sandbox");
      made.add(sandbox.get("sandboxID").asText());
      ids.add(sandbox.get("sandboxID").asText());
      WireClient.Box copy =
          new WireClient.Box(
              sandbox.get("sandboxID").asText(), sandbox.get("envdAccessToken").asText());
      assertThat(client.read(copy, "user", "/home/user/f").body()).isEqualTo("shared");
      assertThat(sandbox.get("templateID").asText()).isEqualTo("base");
    }
    assertThat(made).hasSize(2).doesNotContain(box.id()).doesNotHaveDuplicates();
    assertThat(client.api("GET", "/sandboxes?metadata=k%3Dv", null).body()).contains(made);
    assertThat(post(box, "fork", "{\"count\":101}").status()).isEqualTo(400);
  }

  @Test
  void metricsAreThoseOfItsOwnProcesses() throws Exception {
    WireClient.Box box = create("");
    client.stream(box, "user", "while :; do :; done", Map.of()).pid();
    Awaiting.until(
        "the loop is seen",
        () -> {
          JsonNode all =
              WireClient.list(
                  client.api("GET", "/sandboxes/" + box.id() + "/metrics", null).body());
          return all.get(all.size() - 1).get("cpuUsedPct").asDouble() > 5;
        });
    WireClient.Box quiet = create("");
    WireClient.Answer many =
        client.api(
            "GET",
            "/sandboxes/metrics?sandbox_ids=" + box.id() + "," + quiet.id() + ",inone",
            null);
    JsonNode sandboxes = many.json().get("sandboxes");
    assertThat(sandboxes).hasSize(2);
    JsonNode one = sandboxes.get(quiet.id());
    assertThat(one.get("memUsed").asLong()).isBetween(1L, one.get("memTotal").asLong());
    assertThat(one.get("diskUsed").asLong()).isBetween(1L, one.get("diskTotal").asLong());
    assertThat(client.api("GET", "/sandboxes/inone/metrics", null).status()).isEqualTo(404);
    assertThat(client.api("GET", "/sandboxes/metrics", null).status()).isEqualTo(400);
  }

  @Test
  void logsTellStatesAndProcessesButNoArguments() {
    WireClient.Box box = create("");
    client.run(box, "user", "echo hunter2");
    String newer = client.api("GET", "/v2/sandboxes/" + box.id() + "/logs", null).body();
    assertThat(newer)
        .contains("sandbox created", "process started", "/bin/bash", "exit status 0")
        .doesNotContain("hunter2");
    WireClient.Answer older = client.api("GET", "/sandboxes/" + box.id() + "/logs", null);
    assertThat(older.json().get("logs")).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void networkRulesAreShownAndSaidNotToBeEnforced() {
    WireClient.Box box = create("");
    WireClient.Answer set =
        client.api(
            "PUT",
            "/sandboxes/" + box.id() + "/network",
            "{\"allowOut\":[\"api.example\"],\"denyOut\":[\"0.0.0.0/0\"]}");
    assertThat(set.status()).isEqualTo(204);
    assertThat(set.header("x-not-enforced")).isEqualTo("network");
    JsonNode detail = client.api("GET", "/sandboxes/" + box.id(), null).json();
    assertThat(detail.get("network").get("allowOut").get(0).asText()).isEqualTo("api.example");
    assertThat(client.api("GET", "/v2/sandboxes/" + box.id() + "/logs?level=warn", null).body())
        .contains("not enforced");
    assertThat(client.api("PUT", "/sandboxes/inone/network", "{}").status()).isEqualTo(404);
  }

  @Test
  void aPauseWithoutMemoryKeepsTheFilesAndLosesTheProcesses() throws Exception {
    WireClient.Box box = create("");
    client.write(box, "user", "/home/user/f", "kept");
    long pid = client.stream(box, "user", "sleep 7654", Map.of()).pid();
    assertThat(post(box, "pause", "{\"memory\":false}").status()).isEqualTo(204);
    assertThat(post(box, "pause", "{}").status()).isEqualTo(409);
    WireClient.Answer resumed = post(box, "resume", "{\"timeout\":600}");
    assertThat(resumed.status()).as(resumed.body()).isEqualTo(201);
    assertThat(post(box, "resume", null).status()).as("it runs").isEqualTo(409);
    assertThat(client.read(box, "user", "/home/user/f").body()).isEqualTo("kept");
    assertThat(client.rpc(box, "user", "process.Process/List", "{}").body()).isEqualTo("{}");
    assertThat(client.connect(box, pid).drain().trailer().toString()).contains("not_found");
    client.stream(box, "user", "sleep 7654", Map.of()).pid();
    assertThat(post(box, "pause", null).status()).isEqualTo(204);
    String connect = "/v2/sandboxes/" + box.id() + "/connect";
    assertThat(client.api("POST", connect, "{\"memory\":false}").status()).isEqualTo(201);
    assertThat(client.rpc(box, "user", "process.Process/List", "{}").body()).isEqualTo("{}");
  }

  @Test
  void withoutSecureTheOlderCallMakesAnOpenSandbox() {
    WireClient.Answer made =
        client.api(
            "POST", "/sandboxes", "{\"templateID\":\"base\",\"timeout\":60,\"secure\":false}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().has("envdAccessToken")).isFalse();
    String id = made.json().get("sandboxID").asText();
    ids.add(id);
    WireClient.Box open = new WireClient.Box(id, "whatever");
    assertThat(client.run(open, "user", "echo open").out()).isEqualTo("open\n");
  }
}
