package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OfficialTemporalDownloadTest {
  private static final TemporalRelease.Platform PLATFORM =
      TemporalRelease.Platform.of("Mac OS X", "aarch64");

  @TempDir Path work;
  private final AtomicReference<byte[]> archive = new AtomicReference<>(new byte[0]);
  private final AtomicReference<String> asked = new AtomicReference<>("");
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.set(exchange.getRequestURI().toString());
          byte[] body = Objects.requireNonNull(archive.get());
          exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private OfficialTemporalDownload download() {
    return download(Duration.ofMinutes(5));
  }

  private OfficialTemporalDownload download(Duration limit) {
    return new OfficialTemporalDownload(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/cli/archive/"), limit);
  }

  @Test
  void aLineThatGoesSilentEndsAtTheLimit() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    server.removeContext("/");
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 1 << 20);
          try {
            done.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try {
      assertThatThrownBy(() -> download(Duration.ofMillis(200)).fetch("1.2.3", PLATFORM, work))
          .isInstanceOf(IOException.class);
    } finally {
      done.countDown();
    }
  }

  @Test
  void takesTheProgramOutOfTheArchiveOfItsVersionAndPlatform() throws IOException {
    archive.set(gzip(tar("LICENSE", "x".repeat(700)), tar("temporal", "the program")));

    Path program = download().fetch("1.2.3", PLATFORM, work);

    assertThat(program).hasContent("the program");
    assertThat(asked).hasValue("/cli/archive/v1.2.3?platform=darwin&arch=arm64");
  }

  @Test
  void saysWhenTheArchiveHasNoProgram() throws IOException {
    archive.set(gzip(tar("README", "text")));

    assertThatThrownBy(() -> download().fetch("1.2.3", PLATFORM, work))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no program");
  }

  @Test
  void saysWhenTheArchiveEndsTooEarly() throws IOException {
    byte[] whole = tar("temporal", "x".repeat(2000));
    archive.set(gzip(Arrays.copyOf(whole, 900)));

    assertThatThrownBy(() -> download().fetch("1.2.3", PLATFORM, work))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too early");
  }

  @Test
  void namesAStatusThatIsNotOk() {
    assertThatThrownBy(() -> download().fetch("1.2.3", PLATFORM, work))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("404");
  }

  @Test
  void saysWhenNothingAnswers() {
    server.stop(0);

    assertThatThrownBy(() -> download().fetch("1.2.3", PLATFORM, work))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not reachable");
  }

  /** One entry of a ustar archive: header block and content, filled up to whole blocks. */
  private static byte[] tar(String name, String content) {
    byte[] text = content.getBytes(StandardCharsets.UTF_8);
    byte[] entry = new byte[512 + (text.length + 511) / 512 * 512];
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(nameBytes, 0, entry, 0, nameBytes.length);
    byte[] size = "%011o".formatted(text.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, entry, 124, size.length);
    entry[156] = '0';
    System.arraycopy(text, 0, entry, 512, text.length);
    return entry;
  }

  private static byte[] gzip(byte[]... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (byte[] entry : entries) {
        out.write(entry);
      }
    }
    return bytes.toByteArray();
  }
}
