package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.Wire;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplatesIT {
  @TempDir private Path directory;

  private TestServer start() throws Exception {
    return TestServer.isolated(directory.resolve("data"), builder -> {});
  }

  /** A build that waits for its start. */
  private record Build(WireClient client, String templateId, String id) {
    static Build create(WireClient client, String name) {
      WireClient.Answer made = client.api("POST", "/v3/templates", "{\"name\":\"" + name + "\"}");
      assertThat(made.status()).as(made.body()).isEqualTo(202);
      return new Build(
          client, made.json().get("templateID").asText(), made.json().get("buildID").asText());
    }

    WireClient.Answer begin(String body) {
      return client.api(
          "POST", "/v2/templates/" + templateId + "/builds/" + id, body.replace('\'', '"'));
    }

    /** Polls as the SDK does: by an offset that grows by what came. */
    JsonNode awaitEnd(List<String> log) {
      JsonNode[] last = {Wire.object()};
      Awaiting.until(
          "the build ends",
          () -> {
            WireClient.Answer answer =
                client.api(
                    "GET",
                    "/templates/%s/builds/%s/status?logsOffset=%d"
                        .formatted(templateId, id, log.size()),
                    null);
            last[0] = answer.json();
            last[0].get("logEntries").forEach(entry -> log.add(entry.get("message").asText()));
            String status = last[0].get("status").asText();
            return last[0].get("logEntries").isEmpty()
                && (status.equals("ready") || status.equals("error"));
          });
      return last[0];
    }
  }

  private static void makeTar(Path folder, Path tar) throws Exception {
    Process process =
        new ProcessBuilder("tar", "-czf", tar.toString(), "-C", folder.toString(), ".").start();
    assertThat(
            process.waitFor(Awaiting.LONG.toSeconds(), TimeUnit.SECONDS)
                && process.exitValue() == 0)
        .isTrue();
  }

  @Test
  void aBuiltTemplateRunsItsStepsAndGivesItsFilesUserAndVariablesToSandboxes() throws Exception {
    Path context = directory.resolve("context/app");
    Files.createDirectories(context.resolve("sub"));
    Files.writeString(context.resolve("sub/hello.txt"), "hello");
    Files.writeString(context.resolve("run.sh"), "echo run");
    Path tar = directory.resolve("app.tar.gz");
    makeTar(directory.resolve("context"), tar);
    try (TestServer server = start()) {
      WireClient client = server.client();
      Build build = Build.create(client, "my-app");
      String link = "/templates/" + build.templateId() + "/files/abc123";
      WireClient.Answer upload = client.api("GET", link, null);
      assertThat(upload.status()).isEqualTo(201);
      assertThat(upload.json().get("present").asBoolean()).isFalse();
      URI url = URI.create(upload.json().get("url").asText());
      assertThat(client.send(HttpRequest.newBuilder(url).PUT(BodyPublishers.ofFile(tar))).status())
          .isEqualTo(200);
      URI forged = URI.create(url.toString().replaceAll("signature=.*", "signature=0"));
      assertThat(client.send(HttpRequest.newBuilder(forged).PUT(BodyPublishers.noBody())).status())
          .isEqualTo(401);
      assertThat(client.api("GET", link, null).json().get("present").asBoolean()).isTrue();
      WireClient.Answer started =
          build.begin(
              "{'fromTemplate':'base','steps':["
                  + "{'type':'ENV','args':['GREETING','hi']},"
                  + "{'type':'WORKDIR','args':['/srv/app']},"
                  + "{'type':'COPY','args':['app','/srv/app','root','755'],'filesHash':'abc123'},"
                  + "{'type':'COPY','args':['.','/opt/all','',''],'filesHash':'abc123'},"
                  + "{'type':'COPY','args':['a*','/etc','user',''],'filesHash':'abc123'},"
                  + "{'type':'RUN','args':['stat -c %U:%a /opt/all /etc > /srv/modes','root']},"
                  + "{'type':'RUN','args':['echo built with $GREETING in $PWD; id -un']},"
                  + "{'type':'RUN','args':['id -un > /srv/who','root']}],"
                  + "'startCmd':'echo started > /tmp/started','readyCmd':'test -e /tmp/started'}");
      assertThat(started.status()).as(started.body()).isEqualTo(202);
      assertThat(build.begin("{}").status()).as("it is not waiting any more").isEqualTo(400);
      List<String> log = new ArrayList<>();
      JsonNode end = build.awaitEnd(log);
      assertThat(end.get("status").asText()).as(log.toString()).isEqualTo("ready");
      assertThat(log).contains("built with hi in /srv/app", "user");

      WireClient.Box box = client.create("{\"templateID\":\"my-app\",\"timeout\":600}");
      ObjectNode plain = Wire.object().put("stdin", false);
      plain
          .putObject("process")
          .put("cmd", "/bin/sh")
          .putArray("args")
          .add("-c")
          .add(
              "pwd; echo $GREETING; cat sub/hello.txt; echo; stat -c '%U %a' run.sh; cat ../who"
                  + " ../modes");
      assertThat(client.start(box, "user", plain, java.util.Map.of()).drain().out())
          .isEqualTo("/srv/app\nhi\nhello\nroot 755\nroot\nuser:755\nroot:755\n");
      Awaiting.until(
          "its start command ran",
          () -> client.run(box, "user", "cat /tmp/started").out().equals("started\n"));
      assertThat(client.api("GET", "/sandboxes/" + box.id(), null).json().get("alias").asText())
          .isEqualTo("my-app");
      client.kill(box);
    }
    try (TestServer again = start()) {
      WireClient client = again.client();
      assertThat(client.api("GET", "/v2/templates", null).body()).contains("my-app");
      WireClient.Box box = client.create("{\"templateID\":\"my-app\",\"timeout\":600}");
      assertThat(client.read(box, "user", "/srv/app/sub/hello.txt").body()).isEqualTo("hello");
    }
  }

  @Test
  void aFailedStepIsNamedWithItsReasonAndNothingCanBeMadeOfIt() throws Exception {
    try (TestServer server = start()) {
      WireClient client = server.client();
      Build build = Build.create(client, "broken");
      build.begin(
          "{'fromImage':'debian:12','steps':[{'type':'RUN','args':['true']},"
              + "{'type':'RUN','args':['echo why >&2; exit 3']}]}");
      List<String> log = new ArrayList<>();
      JsonNode end = build.awaitEnd(log);
      assertThat(end.get("status").asText()).isEqualTo("error");
      assertThat(end.get("reason").get("step").asText()).isEqualTo("2");
      assertThat(end.get("reason").get("message").asText()).contains("exit status 3");
      assertThat(log).contains("why").anyMatch(line -> line.contains("debian:12 is not pulled"));
      assertThat(client.api("POST", "/v2/sandboxes", "{\"templateID\":\"broken\"}").status())
          .isEqualTo(404);
      Build missing = Build.create(client, "broken");
      assertThat(missing.templateId()).as("the same template").isEqualTo(build.templateId());
      missing.begin("{'steps':[{'type':'COPY','args':['a','b'],'filesHash':'nowhere'}]}");
      assertThat(missing.awaitEnd(new ArrayList<>()).get("reason").get("message").asText())
          .contains("were not uploaded");
      assertThat(
              Build.create(client, "broken")
                  .begin("{'steps':[{'type':'VOLUME','args':[]}]}")
                  .status())
          .isEqualTo(400);
    }
  }

  @Test
  void namesTagsAndTheServersOwnTemplates() throws Exception {
    try (TestServer server = start()) {
      WireClient client = server.client();
      assertThat(client.api("GET", "/templates/aliases/tagged", null).status()).isEqualTo(404);
      Build build = Build.create(client, "tagged:v1");
      build.begin("{'steps':[{'type':'RUN','args':['echo 1 > ~/v']}]}");
      assertThat(build.awaitEnd(new ArrayList<>()).get("status").asText()).isEqualTo("ready");
      assertThat(client.api("GET", "/templates/aliases/tagged", null).status()).isEqualTo(200);
      assertThat(client.api("POST", "/v2/sandboxes", "{\"templateID\":\"tagged\"}").status())
          .as("it has no build without a tag")
          .isEqualTo(404);
      WireClient.Answer assigned =
          client.api("POST", "/templates/tags", "{\"target\":\"tagged:v1\",\"tags\":[\"stable\"]}");
      assertThat(assigned.status()).isEqualTo(201);
      assertThat(assigned.json().get("buildID").asText()).isEqualTo(build.id());
      WireClient.Box box = client.create("{\"templateID\":\"tagged:stable\",\"timeout\":600}");
      assertThat(client.read(box, "user", "v").body()).isEqualTo("1\n");
      String remove = "{\"name\":\"tagged\",\"tags\":[\"stable\"]}";
      assertThat(client.api("DELETE", "/templates/tags", remove).status()).isEqualTo(204);
      assertThat(client.api("GET", "/templates/tagged/tags", null).body())
          .contains("\"v1\"")
          .doesNotContain("stable");
      assertThat(client.api("GET", "/templates/aliases/claude", null).status()).isEqualTo(403);
      assertThat(client.api("POST", "/v3/templates", "{\"name\":\"base\"}").status())
          .isEqualTo(403);
      assertThat(client.api("POST", "/v3/templates", "{\"name\":\"No Name\"}").status())
          .isEqualTo(400);
      assertThat(client.api("DELETE", "/templates/" + build.templateId(), null).status())
          .isEqualTo(204);
      assertThat(client.api("DELETE", "/templates/tagged", null).status()).isEqualTo(404);
    }
  }
}
