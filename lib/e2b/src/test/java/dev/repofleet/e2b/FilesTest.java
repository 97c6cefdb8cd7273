package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest extends FakeSandboxTest {
  private Files files;

  @BeforeEach
  void open() {
    files = sandbox.files();
  }

  @Test
  void whatIsWrittenIsReadBackUnderAnyName() {
    String path = "/home/user/a b+c&d=e?f#g%20ä.txt";
    files.write(path, ascii("content"));
    assertThat(fake.files).containsOnlyKeys(path);
    assertThat(files.read(path)).isEqualTo(ascii("content"));
    RecordedRequest upload = fake.last("/files");
    assertThat(upload.getHeaders().get("Accept-Encoding")).isEqualTo("identity");
  }

  @Test
  void anUploadIsPlainBytesAsTheChosenUser() {
    sandbox.withUser("root").files().write("/x", ascii("1"));
    RecordedRequest request = fake.last("/files");
    assertThat(request.getMethod()).isEqualTo("POST");
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(request.getUrl().queryParameter("username")).isEqualTo("root");
    files.write("/y", ascii("1"));
    assertThat(fake.last("/files").getUrl().queryParameter("username")).isNull();
  }

  @Test
  void aLocalFileAndAStreamAreUploadedInPieces(@TempDir Path directory) throws IOException {
    byte[] content = new byte[300_000];
    new Random(5).nextBytes(content);
    Path local = directory.resolve("local");
    java.nio.file.Files.write(local, content);
    files.write("/from-file", local);
    files.write("/from-stream", new ByteArrayInputStream(content));
    assertThat(fake.files.get("/from-file")).isEqualTo(content);
    assertThat(fake.files.get("/from-stream")).isEqualTo(content);
    assertThat(fake.last("/files").getHeaders().get("Transfer-Encoding")).isEqualTo("chunked");
  }

  @Test
  void aSourceThatCannotBeReadIsNotTakenForTheNetwork(@TempDir Path directory) {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("disk on fire");
          }
        };
    assertThatThrownBy(() -> files.write("/x", broken))
        .isExactlyInstanceOf(E2bException.class)
        .hasMessageContaining("the data to send could not be read")
        .hasRootCauseMessage("disk on fire");
    assertThatThrownBy(() -> files.write("/x", directory.resolve("missing")))
        .isExactlyInstanceOf(E2bException.class)
        .hasMessageContaining("missing can't be read");
  }

  @Test
  void aFullDiskKeepsItsStatus() {
    fake.answerNext("/files", FakeE2b.error(507, "not enough disk space available"));
    assertThatThrownBy(() -> files.write("/x", ascii("1")))
        .isInstanceOfSatisfying(
            E2bStatusException.class, e -> assertThat(e.status()).isEqualTo(507))
        .hasMessageContaining("write /x in sandbox " + sandbox.sandboxId())
        .hasMessageContaining("not enough disk space");
  }

  @Test
  void aMissingFileIsNotFoundAndALostSandboxIsNot() {
    assertThatThrownBy(() -> files.read("/nope")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> files.open("/nope")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> files.readRange("/nope", 0, 9)).isInstanceOf(NotFoundException.class);
    fake.boxes.remove(sandbox.sandboxId());
    assertThatThrownBy(() -> files.read("/nope")).isInstanceOf(SandboxUnavailableException.class);
    assertThatThrownBy(() -> files.exists("/nope")).isInstanceOf(SandboxUnavailableException.class);
  }

  @Test
  void aWrongAddressDoesNotMakeFilesMissing() {
    for (int i = 0; i < 2; i++) {
      fake.answerNext("/", new MockResponse.Builder().code(404).body("404 page").build());
    }
    assertThatThrownBy(() -> files.exists("/x"))
        .isExactlyInstanceOf(E2bStatusException.class)
        .hasMessageContaining("is E2B_SANDBOX_URL right?");
    assertThatThrownBy(() -> files.read("/x")).isExactlyInstanceOf(E2bStatusException.class);
  }

  @Test
  void aFileAboveTheBoundIsRefusedAndOneAtTheBoundIsRead() {
    files.write("/x", new byte[1000]);
    assertThat(files.read("/x", 1000)).hasSize(1000);
    FileTooLargeException failure =
        catchThrowableOfType(FileTooLargeException.class, () -> files.read("/x", 999));
    assertThat(failure.maxBytes()).isEqualTo(999);
    assertThat(files.read("/x")).hasSize(1000);
  }

  @Test
  void aGrowingFileIsFollowedByRanges() {
    files.write("/log", ascii("0123456789"));
    FileRange first = files.readRange("/log", 0, 4);
    assertThat(first.bytes()).isEqualTo(ascii("0123"));
    assertThat(first.fileSize()).hasValue(10);
    assertThat(fake.last("/files").getHeaders().get("Range")).isEqualTo("bytes=0-3");
    FileRange rest = files.readRange("/log", first.nextOffset(), 100);
    assertThat(rest.bytes()).isEqualTo(ascii("456789"));
    FileRange nothing = files.readRange("/log", rest.nextOffset(), 100);
    assertThat(nothing.isEmpty()).isTrue();
    assertThat(nothing.nextOffset()).isEqualTo(10);
    assertThat(nothing.fileSize()).hasValue(10);
    files.write("/log", ascii("0123456789ab"));
    assertThat(files.readRange("/log", nothing.nextOffset(), 100).bytes()).isEqualTo(ascii("ab"));
  }

  @Test
  void aFileThatWasCutIsSeenByItsSize() {
    files.write("/log", ascii("01"));
    FileRange range = files.readRange("/log", 10, 5);
    assertThat(range.isEmpty()).isTrue();
    assertThat(range.fileSize()).hasValue(2);
  }

  @Test
  void anEmptyFileIsAnsweredWholeAndIsAnEmptyRange() {
    files.write("/log", new byte[0]);
    assertThat(files.readRange("/log", 0, 5).isEmpty()).isTrue();
    assertThat(files.readRange("/log", 3, 5).isEmpty()).isTrue();
  }

  @Test
  void aServerThatIgnoresRangesIsCaught() {
    fake.answerNext("/files", new MockResponse.Builder().body("whole file").build());
    assertThatThrownBy(() -> files.readRange("/log", 3, 5))
        .isInstanceOf(E2bProtocolException.class);
    fake.answerNext(
        "/files",
        new MockResponse.Builder()
            .code(206)
            .setHeader("Content-Range", "bytes 0-1/10")
            .body("01")
            .build());
    assertThatThrownBy(() -> files.readRange("/log", 3, 5))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("another part");
    fake.answerNext("/files", new MockResponse.Builder().body("0123456789").build());
    FileRange start = files.readRange("/log", 0, 5);
    assertThat(start.bytes()).isEqualTo(ascii("01234"));
    assertThat(start.fileSize()).isEmpty();
  }

  @Test
  void nonsensicalRangesNeverReachTheNetwork() {
    int before = fake.seen.size();
    assertThatThrownBy(() -> files.readRange("/x", -1, 5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> files.readRange("/x", 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> files.read("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> files.read("/a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThat(fake.seen).hasSize(before);
  }

  @Test
  void aLargeFileIsStreamedWhole() throws IOException {
    byte[] content = new byte[3 << 20];
    new Random(6).nextBytes(content);
    fake.files.put("/big", content);
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    try (InputStream in = files.open("/big")) {
      in.transferTo(copy);
    }
    assertThat(copy.toByteArray()).isEqualTo(content);
  }

  @Test
  void aStreamLeftEarlyFreesItsConnection() throws IOException {
    fake.files.put("/big", new byte[8 << 20]);
    for (int i = 0; i < 20; i++) {
      try (InputStream in = files.open("/big")) {
        assertThat(in.read()).isZero();
      }
    }
    assertThat(files.exists("/big")).isTrue();
  }

  @Test
  void aTransferThatIsCutIsNotTakenForTheEndOfTheFile() throws IOException {
    fake.answerNext(
        "/files",
        new MockResponse.Builder()
            .body(new Buffer().write(new byte[2 << 20]))
            .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
            .build());
    try (InputStream in = files.open("/big")) {
      assertThatThrownBy(() -> in.transferTo(new ByteArrayOutputStream()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("read /big in sandbox");
    }
  }

  @Test
  void anInterruptReachesAReaderOfAStalledStream() throws InterruptedException {
    fake.answerNext(
        "/files",
        fake.envd.stream(
            out -> {
              out.raw(ascii("x"));
              release.await();
            }));
    CountDownLatch reading = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try (InputStream in = files.open("/stalled")) {
                assertThat(in.read()).isEqualTo('x');
                reading.countDown();
                failure.set(catchThrowable(in::read));
              } catch (IOException e) {
                failure.set(e);
              }
              flag.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    assertThat(reading.await(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    thread.join(Waiting.LONG.toMillis());
    assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(flag.get()).isTrue();
  }

  @Test
  void entriesAreReadWithTheir64BitSizes() {
    fake.files.put("/d/a", new byte[3]);
    fake.files.put("/d/b", new byte[0]);
    List<FileEntry> entries = files.list("/d", 1);
    assertThat(entries).extracting(FileEntry::name).containsExactly("a", "b");
    assertThat(entries).noneMatch(FileEntry::isDirectory);
    assertThat(entries.get(0))
        .isEqualTo(
            new FileEntry(
                "a",
                "/d/a",
                FileType.FILE,
                3,
                420,
                "-rw-r--r--",
                "user",
                "user",
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                null));
    assertThat(FakeE2b.json(fake.last("/ListDir")).toString())
        .isEqualTo("{\"path\":\"/d\",\"depth\":1}");
    assertThat(files.list("/empty", 2)).isEmpty();
    assertThat(files.stat("/d/a")).isEqualTo(entries.get(0));
  }

  @Test
  void existsRemoveAndMakeDirectory() {
    assertThat(files.exists("/x")).isFalse();
    assertThat(files.makeDirectory("/x")).isTrue();
    assertThat(files.makeDirectory("/x")).isFalse();
    assertThat(files.exists("/x")).isTrue();
    files.remove("/x");
    files.remove("/x");
    assertThat(files.exists("/x")).isFalse();
  }

  @Test
  void anEntryOfAKindNobodyKnowsIsOther() {
    fake.answerNext(
        "/Stat", FakeE2b.json(200, Map.of("entry", Map.of("name", "p", "type", "FILE_TYPE_NEW"))));
    assertThat(files.stat("/p").type()).isEqualTo(FileType.OTHER);
    fake.answerNext(
        "/Stat",
        FakeE2b.json(200, Map.of("entry", Map.of("name", "p", "type", "FILE_TYPE_DIRECTORY"))));
    assertThat(files.stat("/p").isDirectory()).isTrue();
    fake.answerNext("/Stat", FakeE2b.json(200, Map.of()));
    assertThatThrownBy(() -> files.stat("/p")).isInstanceOf(E2bProtocolException.class);
  }
}
