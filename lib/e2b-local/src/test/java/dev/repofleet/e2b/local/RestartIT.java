package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server finds of an earlier one on its data directory. */
class RestartIT {
  @TempDir private Path data;

  private TestServer start() throws Exception {
    return TestServer.isolated(data, builder -> {});
  }

  private static WireClient.Box connected(WireClient client, WireClient.Box box) {
    WireClient.Answer answer =
        client.api("POST", "/v2/sandboxes/" + box.id() + "/connect", "{\"timeout\":600}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return new WireClient.Box(box.id(), answer.json().get("envdAccessToken").asText());
  }

  private static WireClient.Answer get(WireClient client, WireClient.Box box) {
    return client.api("GET", "/sandboxes/" + box.id(), null);
  }

  @Test
  void aPausedSandboxIsFoundAgainWithItsFilesAndLabelsAndOneThatRanIsToldAsLost() throws Exception {
    WireClient.Box paused;
    WireClient.Box ran;
    WireClient.Box killed;
    String told;
    try (TestServer server = start()) {
      WireClient client = server.client();
      paused =
          client.create(
              "{\"templateID\":\"base\",\"timeout\":600,\"metadata\":{\"fleet\":\"f\"},"
                  + "\"envVars\":{\"COLOUR\":\"blue\"},\"autoPause\":true,"
                  + "\"network\":{\"allowPublicTraffic\":false,\"denyOut\":[\"0.0.0.0/0\"]}}");
      client.write(paused, "user", "/home/user/note", "kept");
      client.run(paused, "root", "echo secret > /root/r; chmod 600 /root/r");
      client.stream(paused, "user", "sleep 98765", Map.of()).pid();
      ran = client.create();
      killed = client.create();
      client.api("POST", "/sandboxes/" + killed.id() + "/pause", null);
      client.kill(killed);
      assertThat(client.api("POST", "/sandboxes/" + paused.id() + "/pause", null).status())
          .isEqualTo(204);
      told = get(client, paused).body();
    }
    assertThat(data.resolve("sandboxes").resolve(paused.id()).resolve("sandbox.json"))
        .satisfies(
            file ->
                assertThat(Files.getPosixFilePermissions(file).toString())
                    .doesNotContain("GROUP", "OTHERS"));
    try (TestServer server = start()) {
      WireClient client = server.client();
      assertThat(withoutToken(get(client, paused).body())).isEqualTo(withoutToken(told));
      WireClient.Answer lost = get(client, ran);
      assertThat(lost.status()).isEqualTo(404);
      assertThat(lost.json().get("message").asText()).contains("lost with the server");
      assertThat(get(client, killed).json().get("message").asText()).endsWith("was not found");
      assertThat(client.api("GET", "/v2/sandboxes?metadata=fleet%3Df", null).body())
          .contains(paused.id());
      WireClient.Box again = connected(client, paused);
      assertThat(client.read(again, "user", "/home/user/note").body()).isEqualTo("kept");
      assertThat(client.run(again, "root", "cat /root/r; echo $COLOUR").out())
          .isEqualTo("secret\nblue\n");
      assertThat(client.rpc(again, "user", "process.Process/List", "{}").body())
          .as("its processes are lost")
          .isEqualTo("{}");
    }
    try (TestServer server = start()) {
      WireClient client = server.client();
      for (WireClient.Box box : new WireClient.Box[] {paused, ran}) {
        assertThat(get(client, box).json().get("message").asText())
            .as("it ran when the server ended, now or two servers ago")
            .contains("lost with the server");
      }
    }
  }

  private static String withoutToken(String body) {
    return body.replaceAll("\"envdAccessToken\":\"[^\"]*\",?", "");
  }

  @Test
  void whatWasPausedCanBePausedSnapshottedAndKilledAfterwards() throws Exception {
    WireClient.Box box;
    try (TestServer server = start()) {
      box = server.client().create();
      server.client().write(box, "user", "/home/user/note", "1");
      server.client().api("POST", "/sandboxes/" + box.id() + "/pause", null);
    }
    try (TestServer server = start()) {
      WireClient client = server.client();
      assertThat(
              client
                  .api("POST", "/sandboxes/" + box.id() + "/snapshots", "{\"name\":\"kept\"}")
                  .status())
          .isEqualTo(201);
      WireClient.Box again = connected(client, box);
      client.write(again, "user", "/home/user/note", "2");
      assertThat(client.api("POST", "/sandboxes/" + box.id() + "/pause", null).status())
          .isEqualTo(204);
    }
    try (TestServer server = start()) {
      WireClient client = server.client();
      assertThat(client.read(connected(client, box), "user", "/home/user/note").body())
          .isEqualTo("2");
      WireClient.Box copy = client.create("{\"templateID\":\"kept\",\"timeout\":600}");
      assertThat(client.read(copy, "user", "/home/user/note").body()).isEqualTo("1");
      client.kill(box);
      assertThat(get(client, box).json().get("message").asText()).endsWith("was not found");
    }
  }

  @Test
  void aDescriptionThatCantBeReadIsALostSandboxAndNoReasonNotToStart() throws Exception {
    Path folder = Files.createDirectories(data.resolve("sandboxes/ibroken"));
    Files.writeString(folder.resolve("sandbox.json"), "{\"request\":{}");
    Path other = Files.createDirectories(data.resolve("sandboxes/iempty"));
    Files.writeString(other.resolve("sandbox.json"), "{}");
    try (TestServer server = start()) {
      for (String id : new String[] {"ibroken", "iempty"}) {
        assertThat(server.client().api("GET", "/sandboxes/" + id, null).body())
            .contains("lost with the server");
      }
    }
  }
}
