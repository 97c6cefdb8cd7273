package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are moved, written many at once, watched, and given away by address. */
class FileChangesTest extends FakeSandboxTest {
  private Files files;

  @BeforeEach
  void open() {
    files = sandbox.files();
  }

  @Test
  void textIsWrittenAndReadAsUtf8() {
    files.writeText("/t", "ä€");
    assertThat(fake.files.get("/t")).isEqualTo("ä€".getBytes(StandardCharsets.UTF_8));
    assertThat(files.readText("/t")).isEqualTo("ä€");
    fake.files.put("/bytes", new byte[] {'a', (byte) 0xff});
    assertThat(files.readText("/bytes")).isEqualTo("a\ufffd");
  }

  @Test
  void manyFilesAreOneRequestWhateverTheirNames() {
    files.writeAll(
        Map.of("/a b/ä", ascii("1"), "/d", new byte[0], "/quo\"te", ascii("2"), "/x", ascii("3")));
    assertThat(fake.files).containsOnlyKeys("/a b/ä", "/d", "/quo\"te", "/x");
    assertThat(fake.files.get("/a b/ä")).isEqualTo(ascii("1"));
    assertThat(fake.files.get("/quo\"te")).isEqualTo(ascii("2"));
    assertThat(fake.countOf("/files")).isEqualTo(2);
    files.writeAll(Map.of());
    assertThat(fake.countOf("/files")).isEqualTo(2);
    fake.answerNext("/files", FakeE2b.error(507, "not enough disk space available"));
    assertThatThrownBy(() -> files.writeAll(Map.of("/x", ascii("1"))))
        .hasMessageContaining("write 1 files in sandbox")
        .hasMessageContaining("507");
  }

  @Test
  void aFileIsMovedAndAMissingOneIsNotFound() {
    fake.files.put("/a", ascii("1"));
    assertThat(files.move("/a", "/b/c").path()).isEqualTo("/b/c");
    assertThat(fake.files).containsOnlyKeys("/b/c");
    assertThatThrownBy(() -> files.move("/a", "/b"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("move to /b /a");
  }

  private FakeEnvd.Program changes(String... events) {
    return out -> {
      out.message("{\"start\":{}}").message("{\"keepalive\":{}}");
      for (String event : events) {
        out.message(event);
      }
      release.await();
      out.trailer();
    };
  }

  private static String event(String type, String name) {
    return "{\"filesystem\":{\"name\":\"%s\",\"type\":\"EVENT_TYPE_%s\",\"new\":1}}"
        .formatted(name, type);
  }

  @Test
  void changesComeInOrderAndTheEndOfTheWatchIsTold() throws IOException {
    fake.programs.put(
        "watch /d",
        changes(
            event("CREATE", "a"),
            event("WRITE", "a"),
            event("CHMOD", "a"),
            event("RENAME", "a"),
            event("REMOVE", "s/b"),
            event("NEW", "c"),
            "{\"filesystem\":{}}"));
    try (FileWatch watch = files.watch("/d", true)) {
      assertThat(FakeEnvd.frame(fake.last("/WatchDir")).toString())
          .isEqualTo("{\"path\":\"/d\",\"recursive\":true}");
      for (FileEvent expected :
          new FileEvent[] {
            new FileEvent(FileEvent.Kind.CREATED, "a"),
            new FileEvent(FileEvent.Kind.WRITTEN, "a"),
            new FileEvent(FileEvent.Kind.ATTRIBUTES_CHANGED, "a"),
            new FileEvent(FileEvent.Kind.RENAMED, "a"),
            new FileEvent(FileEvent.Kind.REMOVED, "s/b"),
            new FileEvent(FileEvent.Kind.OTHER, "c"),
            new FileEvent(FileEvent.Kind.OTHER, "")
          }) {
        assertThat(watch.next(Waiting.LONG)).contains(expected);
      }
      assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
      release.countDown();
      assertThatThrownBy(() -> watch.next(Waiting.LONG))
          .isInstanceOf(E2bTransportException.class)
          .hasMessageContaining("envd ended the watch");
    }
  }

  @Test
  void whatCannotBeWatchedFailsAtOnce() {
    assertThatThrownBy(() -> files.watch("/none", false)).isInstanceOf(NotFoundException.class);
    fake.programs.put("watch /cut", out -> out.keepalive());
    assertThatThrownBy(() -> files.watch("/cut", false)).isInstanceOf(E2bTransportException.class);
    fake.programs.put("watch /bad", out -> out.message("{not json").trailer());
    assertThatThrownBy(() -> files.watch("/bad", false)).isInstanceOf(E2bProtocolException.class);
    fake.boxes.remove(sandbox.sandboxId());
    assertThatThrownBy(() -> files.watch("/d", false))
        .isInstanceOf(SandboxUnavailableException.class);
  }

  @Test
  void aTakerThatIsTooSlowIsToldOfTheGapAndStallsNothing() {
    FakeEnvd.Program many =
        out -> {
          out.message("{\"start\":{}}");
          for (int i = 0; i < FileWatch.CAPACITY + 500; i++) {
            out.message(event("WRITE", "f" + i));
          }
          out.message(event("WRITE", "last"));
          release.await();
        };
    fake.programs.put("watch /d", many);
    try (FileWatch watch = files.watch("/d", false)) {
      int before = 0;
      FileEvent event = watch.next(Waiting.LONG).orElseThrow();
      // The reader goes on beside this; only what was dropped differs from run to run.
      while (event.kind() == FileEvent.Kind.WRITTEN && !event.name().equals("last")) {
        before++;
        event = watch.next(Waiting.LONG).orElseThrow();
      }
      assertThat(before).isBetween(FileWatch.CAPACITY, FileWatch.CAPACITY + 500);
    }
  }

  @Test
  void behindAGapNothingIsToldBeforeTheGap() {
    FileWatch watch = new FileWatch("watch", new okhttp3.OkHttpClient().newCall(request()));
    for (int i = 0; i < FileWatch.CAPACITY + 2; i++) {
      watch.add(new FileEvent(FileEvent.Kind.WRITTEN, "f" + i));
    }
    Optional<FileEvent> first = watch.next(Duration.ZERO);
    assertThat(first.orElseThrow().name()).isEqualTo("f0");
    watch.add(new FileEvent(FileEvent.Kind.WRITTEN, "in the gap"));
    for (int i = 1; i < FileWatch.CAPACITY; i++) {
      assertThat(watch.next(Duration.ZERO).orElseThrow().name()).isEqualTo("f" + i);
    }
    assertThat(watch.next(Duration.ZERO).orElseThrow().kind()).isEqualTo(FileEvent.Kind.OVERFLOWED);
    watch.add(new FileEvent(FileEvent.Kind.WRITTEN, "after"));
    assertThat(watch.next(Duration.ZERO).orElseThrow().name()).isEqualTo("after");
    assertThat(watch.next(Duration.ZERO)).isEmpty();
  }

  private static okhttp3.Request request() {
    return new okhttp3.Request.Builder().url("http://127.0.0.1:1/").build();
  }

  @Test
  void aClosedWatchFreesWhoWaitsAndItsConnection() throws InterruptedException {
    fake.programs.put("watch /d", changes());
    FileWatch watch = files.watch("/d", false);
    Throwable[] failure = new Throwable[1];
    Thread waiting = new Thread(() -> failure[0] = catchThrowable(() -> watch.next(Waiting.LONG)));
    waiting.start();
    Waiting.until("the taker waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
    watch.close();
    watch.close();
    waiting.join(Waiting.LONG.toMillis());
    assertThat(failure[0]).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
  }

  @Test
  void anInterruptedTakerKeepsItsFlagAndTheWatchGoesOn() {
    fake.programs.put("watch /d", changes(event("WRITE", "a")));
    try (FileWatch watch = files.watch("/d", false)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> watch.next(Waiting.LONG))
          .isInstanceOf(E2bInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(watch.next(Waiting.LONG)).isPresent();
    }
  }

  @Test
  void addressesAreSignedAsEnvdChecksThem() throws Exception {
    String token = fake.box(sandbox.sandboxId()).token;
    Instant end = Instant.ofEpochSecond(1_900_000_000L, 5);
    HttpUrl url = HttpUrl.get(files.downloadUrl("/a b+c", end));
    assertThat(url.host()).isEqualTo("49983-" + sandbox.sandboxId() + ".localhost");
    assertThat(url.encodedPath()).isEqualTo("/files");
    assertThat(url.queryParameter("path")).isEqualTo("/a b+c");
    assertThat(url.queryParameter("username")).isNull();
    assertThat(url.queryParameter("signature_expiration")).isEqualTo("1900000000");
    assertThat(url.queryParameter("signature"))
        .isEqualTo(signature("/a b+c:read::" + token + ":1900000000"));
    HttpUrl upload = HttpUrl.get(sandbox.withUser("root").files().uploadUrl("/u"));
    assertThat(upload.queryParameter("username")).isEqualTo("root");
    assertThat(upload.queryParameter("signature_expiration")).isNull();
    assertThat(upload.queryParameter("signature")).isEqualTo(signature("/u:write:root:" + token));
    assertThat(upload.encodedQuery()).doesNotContain("+");
    assertThat(files.uploadUrl("/u", end).toString() + files.downloadUrl("/u"))
        .doesNotContain(token);
  }

  private static String signature(String text) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "v1_" + Base64.getEncoder().encodeToString(hash).replace("=", "");
  }

  @Test
  void anAddressInTheCloudNamesItsSandboxAndASandboxWithoutATokenSignsNothing() {
    E2bOptions options =
        E2bOptions.builder().apiKey(FakeE2b.KEY).apiUrl(fake.url()).domain("e2b.app").build();
    try (E2bClient cloud = new E2bClient(options)) {
      fake.answerNext("/connect", FakeE2b.json(200, Map.of("sandboxID", "i1", "templateID", "t")));
      Files without = cloud.connect("i1", Duration.ofSeconds(1)).files();
      assertThatThrownBy(() -> without.downloadUrl("/x")).isInstanceOf(IllegalStateException.class);
      URI url = cloud.create(SandboxSpec.builder().build()).files().downloadUrl("/x");
      assertThat(url.toString()).matches("https://49983-i[0-9]{20}\\.e2b\\.app/files\\?path=.*");
    }
  }
}
