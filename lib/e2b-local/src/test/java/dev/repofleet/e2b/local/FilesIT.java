package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.sandbox.Secrets;
import dev.repofleet.e2b.local.wire.Wire;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesIT extends WithSandbox {
  private static WireClient.Answer filesystem(String method, String body) {
    return client.rpc(box, "user", "filesystem.Filesystem/" + method, body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp/plain", "/home/user/new/dir/ä b", "/tmp/-rf", "/tmp/a\nb'\"$(x)"})
  void whatIsWrittenIsReadWhateverTheName(String path) {
    WireClient.Answer written = client.write(box, "user", path, "content of " + path);
    assertThat(written.status()).as(written.body()).isEqualTo(200);
    assertThat(written.header("content-type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(client.read(box, "user", path).body()).isEqualTo("content of " + path);
    String stat = filesystem("Stat", Wire.object().put("path", path).toString()).json().toString();
    assertThat(stat)
        .contains("\"type\":\"FILE_TYPE_FILE\"", "\"mode\":420", "\"permissions\":\"-rw-r--r--\"")
        .contains("\"size\":\"" + ("content of " + path).getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void rangesOfAGrowingFileComeAtOnce() throws Exception {
    try (WireClient.Events writer =
        client.stream(
            box,
            "user",
            "exec > /tmp/grow; echo -n 12345; while [ ! -e /tmp/more ]; do sleep 0.02; done;"
                + " echo -n 678; sleep 305",
            Map.of())) {
      writer.pid();
      Awaiting.until(
          "five bytes", () -> client.read(box, "user", "/tmp/grow").body().equals("12345"));
      WireClient.Answer range = client.readRange(box, "/tmp/grow", "bytes=2-");
      assertThat(range.status()).isEqualTo(206);
      assertThat(range.body()).isEqualTo("345");
      assertThat(range.header("content-range")).isEqualTo("bytes 2-4/5");
      WireClient.Answer beyond = client.readRange(box, "/tmp/grow", "bytes=5-");
      assertThat(beyond.status()).isEqualTo(416);
      assertThat(beyond.body()).isEqualTo("bytes */5");
      client.write(box, "user", "/tmp/more", "");
      Awaiting.until(
          "three more", () -> client.readRange(box, "/tmp/grow", "bytes=5-").body().equals("678"));
      assertThat(client.readRange(box, "/tmp/grow", "bytes=-2").body()).isEqualTo("78");
      assertThat(client.readRange(box, "/tmp/grow", "bytes=1-2").body()).isEqualTo("23");
    }
  }

  @Test
  void directoriesAreMadeListedMovedAndRemoved() {
    assertThat(filesystem("MakeDir", "{\"path\":\"/tmp/d/e\"}").status()).isEqualTo(200);
    WireClient.Answer again = filesystem("MakeDir", "{\"path\":\"/tmp/d/e\"}");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().get("code").asText()).isEqualTo("already_exists");
    client.write(box, "user", "/tmp/d/f", "x");
    client.run(box, "user", "ln -s f /tmp/d/g");
    String listed = filesystem("ListDir", "{\"path\":\"/tmp/d\"}").json().toString();
    assertThat(listed)
        .contains("\"path\":\"/tmp/d/e\"", "\"type\":\"FILE_TYPE_DIRECTORY\"")
        .contains("\"name\":\"g\"", "\"symlinkTarget\":\"f\"");
    assertThat(filesystem("ListDir", "{\"path\":\"/tmp/d/e\"}").body()).isEqualTo("{}");
    assertThat(
            filesystem("Move", "{\"source\":\"/tmp/d/f\",\"destination\":\"/tmp/h/i\"}")
                .json()
                .path("entry")
                .path("path")
                .asText())
        .isEqualTo("/tmp/h/i");
    assertThat(filesystem("Stat", "{\"path\":\"/tmp/d/f\"}").status()).isEqualTo(404);
    assertThat(filesystem("Remove", "{\"path\":\"/tmp/d\"}").body()).isEqualTo("{}");
    assertThat(filesystem("Remove", "{\"path\":\"/tmp/d\"}").body()).isEqualTo("{}");
    assertThat(filesystem("ListDir", "{\"path\":\"/tmp/h/i\"}").status()).isEqualTo(400);
    assertThat(client.read(box, "user", "/tmp").status()).isEqualTo(400);
    assertThat(client.read(box, "user", "/tmp/none").status()).isEqualTo(404);
  }

  @Test
  void aMultipartUploadTakesItsPathsFromTheParts() {
    String body =
        String.join(
            "\r\n",
            "--b",
            "Content-Disposition: form-data; name=\"file\"; filename=\"/tmp/m/1\"",
            "",
            "one",
            "--b",
            "Content-Disposition: form-data; name=\"file\"; filename=\"two\"",
            "",
            "2",
            "--b--",
            "");
    WireClient.Answer answer =
        client.send(
            client
                .envd(box, "/files", "user")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(body)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(client.read(box, "user", "/tmp/m/1").body()).isEqualTo("one");
    assertThat(client.read(box, "user", "/home/user/two").body()).isEqualTo("2");
  }

  @Test
  void aLargeUploadIsStreamedAndComesBackWhole(@TempDir Path local) throws Exception {
    Path large = local.resolve("large");
    byte[] block = new byte[1024 * 1024];
    try (var out = Files.newOutputStream(large)) {
      for (int count = 0; count < 64; count++) {
        java.util.Arrays.fill(block, (byte) count);
        out.write(block);
      }
    }
    WireClient.Answer answer =
        client.send(
            client
                .envd(box, "/files?path=/tmp/large", "user")
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofFile(large)));
    assertThat(answer.status()).isEqualTo(200);
    Path inside = data.resolve("sandboxes").resolve(box.id()).resolve("root/tmp/large");
    assertThat(Files.mismatch(large, inside)).isEqualTo(-1);
    assertThat(client.readRange(box, "/tmp/large", "bytes=67108863-").body()).isEqualTo("?");
  }

  @Test
  void aSignedUrlReadsWithoutATokenAndOnlyWhatItSigns() {
    client.write(box, "user", "/tmp/signed", "s");
    String signature = Secrets.fileSignature("/tmp/signed", "read", "", box.token(), "");
    String path = "/files?path=/tmp/signed&signature=" + WireClient.encode(signature);
    assertThat(withoutToken(path)).isEqualTo(200);
    assertThat(withoutToken(path.replace("/tmp/signed", "/tmp/other"))).isEqualTo(401);
    assertThat(withoutToken("/files?path=/tmp/signed")).isEqualTo(401);
  }

  private static int withoutToken(String path) {
    return client
        .send(
            java.net.http.HttpRequest.newBuilder(server.server().uri().resolve(path))
                .header("E2b-Sandbox-Id", box.id())
                .header("E2b-Sandbox-Port", "49983")
                .GET())
        .status();
  }

  @Test
  void whatIsNoRegularFileIsNotRead() {
    client.run(box, "user", "mkfifo /tmp/fifo; ln -sf /nowhere /tmp/broken");
    assertThat(client.read(box, "user", "/tmp/fifo").status()).isEqualTo(400);
    assertThat(client.read(box, "user", "/dev/zero").status()).isEqualTo(400);
    assertThat(client.read(box, "user", "/tmp/broken").status()).isEqualTo(404);
    assertThat(client.write(box, "user", "/usr/x", "x").status()).isEqualTo(403);
  }
}
