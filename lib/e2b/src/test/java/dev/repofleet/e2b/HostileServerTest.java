package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okio.Buffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that answer nonsense, half of something, or nothing: a clear error and nothing left. */
@Timeout(120)
class HostileServerTest {
  private static final Duration HASTY = Duration.ofMillis(250);

  private FakeE2b fake;
  private OkHttpClient shared;
  private E2bClient client;
  private Sandbox sandbox;
  private final CountDownLatch release = new CountDownLatch(1);

  @BeforeEach
  void open() throws IOException {
    fake = new FakeE2b();
    shared = new OkHttpClient.Builder().connectionPool(new ConnectionPool()).build();
    client = new E2bClient(fake.options().build(), shared);
    sandbox = client.create(SandboxSpec.builder().build());
  }

  @AfterEach
  void close() {
    release.countDown();
    client.close();
    shared.dispatcher().executorService().shutdown();
    shared.connectionPool().evictAll();
    fake.close();
  }

  private void nothingIsHeld() {
    ConnectionPool pool = shared.connectionPool();
    Waiting.until(
        "no connection is in use", () -> pool.connectionCount() == pool.idleConnectionCount());
  }

  /** Everything that talks to a sandbox. */
  private static Map<String, ThrowingCallable> sandboxCalls(Sandbox box) {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("run", () -> box.commands().run(Command.of("x")));
    calls.put("attach", () -> box.commands().connect(7, OutputListener.discarding()));
    calls.put("stdin", () -> box.commands().sendStdin(7, new byte[] {1}));
    calls.put("list", () -> box.commands().list());
    calls.put(
        "terminal", () -> box.pty().start(Pty.shell().build(), TerminalSize.DEFAULT, bytes -> {}));
    calls.put("read", () -> box.files().read("/x"));
    calls.put(
        "stream",
        () -> {
          try (InputStream in = box.files().open("/x")) {
            in.readAllBytes();
          }
        });
    calls.put("write", () -> box.files().writeText("/x", "y"));
    calls.put("write all", () -> box.files().writeAll(Map.of("/x", new byte[] {1})));
    calls.put("upload", () -> box.files().write("/x", InputStream.nullInputStream()));
    calls.put("stat", () -> box.files().stat("/x"));
    calls.put("entries", () -> box.files().list("/x", 1));
    calls.put("move", () -> box.files().move("/x", "/y"));
    calls.put("make", () -> box.files().makeDirectory("/x"));
    calls.put("watch", () -> box.files().watch("/d", true));
    calls.put("status", () -> box.git().repository("/w").status());
    return calls;
  }

  private static Map<String, ThrowingCallable> apiCalls(E2bClient client) {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("create", () -> client.create(SandboxSpec.builder().build()));
    calls.put("get", () -> client.get("i1"));
    calls.put("list", () -> client.list(SandboxQuery.all()));
    calls.put("resume", () -> client.resume("i1", HASTY));
    calls.put("metrics", () -> client.metrics(List.of("i1")));
    calls.put("logs", () -> client.logs("i1", LogQuery.all()));
    calls.put("snapshot", () -> client.snapshots().create("i1"));
    calls.put("fork", () -> client.fork("i1", Duration.ofMinutes(1), 1));
    calls.put("kill", () -> client.kill("i1"));
    calls.put("team", () -> client.team("t").metrics(null, null));
    calls.put("template", () -> client.templates().exists("t"));
    calls.put("templates", () -> client.templates().list());
    calls.put("tags", () -> client.templates().tags("t"));
    calls.put(
        "build", () -> client.templates().start(TemplateSpec.fromTemplate("t", "base").build()));
    return calls;
  }

  @Test
  void aServerThatAcceptsAndNeverAnswersIsGivenUpByEveryCall() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + mute.getLocalPort();
      E2bOptions options =
          fake.options()
              .sandboxUrl(url)
              .requestTimeout(HASTY)
              .keepaliveInterval(Duration.ofMillis(100))
              .streamSilence(HASTY)
              .build();
      E2bOptions nowhere = fake.options().apiUrl(url).requestTimeout(HASTY).build();
      try (E2bClient toMute = new E2bClient(options, shared);
          E2bClient toNowhere = new E2bClient(nowhere, shared)) {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.putAll(sandboxCalls(toMute.connect(sandbox.sandboxId(), Duration.ofSeconds(5))));
        apiCalls(toNowhere).forEach((name, call) -> calls.put("api " + name, call));
        calls.forEach(
            (name, call) ->
                assertThatThrownBy(call)
                    .as(name)
                    .isInstanceOfSatisfying(
                        E2bTransportException.class,
                        e -> assertThat(e.mayHaveBeenAccepted()).as(name).isTrue()));
      }
      nothingIsHeld();
    }
  }

  @Test
  void aWrongAccessTokenIsARefusalForEveryCall() {
    Map<String, String> handle =
        Map.of("sandboxID", sandbox.sandboxId(), "templateID", "t", "envdAccessToken", "wrong");
    fake.answerNext("/connect", FakeE2b.json(200, handle));
    Sandbox stranger = client.connect(sandbox.sandboxId(), Duration.ofSeconds(5));
    sandboxCalls(stranger)
        .forEach(
            (name, call) ->
                assertThatThrownBy(call)
                    .as(name)
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageNotContaining("wrong"));
    nothingIsHeld();
  }

  @Test
  void aWrongKeyIsARefusalForEveryCallAndIsNotShown() {
    E2bOptions options = fake.options().apiKey("e2b_00000000").build();
    try (E2bClient stranger = new E2bClient(options, shared)) {
      apiCalls(stranger)
          .forEach(
              (name, call) ->
                  assertThatThrownBy(call)
                      .as(name)
                      .isInstanceOf(AuthenticationException.class)
                      .hasMessageContaining("E2B_API_KEY")
                      .hasMessageNotContaining("e2b_00000000"));
    }
    nothingIsHeld();
  }

  @Test
  void aPortThatIsNotOpenIsNoLostSandboxForAnyCall() {
    sandboxCalls(sandbox)
        .forEach(
            (name, call) -> {
              fake.answerNext(
                  "/",
                  FakeE2b.json(
                      502,
                      Map.of(
                          "sandboxId",
                          sandbox.sandboxId(),
                          "port",
                          49983,
                          "message",
                          "The sandbox is running but port is not open",
                          "code",
                          502)));
              assertThatThrownBy(call)
                  .as(name)
                  .hasMessageContaining(sandbox.sandboxId())
                  .hasMessageContaining("port is not open")
                  .isInstanceOfSatisfying(
                      SandboxUnavailableException.class,
                      e ->
                          assertThat(e.reason())
                              .isEqualTo(SandboxUnavailableException.Reason.PORT_NOT_OPEN));
            });
    nothingIsHeld();
  }

  @Test
  void aFullDiskIsToldByEveryWrite() {
    for (String name : List.of("write", "write all", "upload")) {
      fake.answerNext("/files", FakeE2b.error(507, "not enough disk space available"));
      assertThatThrownBy(sandboxCalls(sandbox).get(name))
          .as(name)
          .hasMessageContaining(sandbox.sandboxId())
          .hasMessageContaining("not enough disk space")
          .isInstanceOfSatisfying(
              E2bStatusException.class, e -> assertThat(e.status()).isEqualTo(507));
    }
    assertThat(fake.files).as("nothing was written").isEmpty();
    nothingIsHeld();
  }

  /** As Go's server does it: the answer, no more reading, half a second, the end. */
  @Test
  void aDiskThatFillsUpInTheMiddleOfAnUploadIsToldAsSuch() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> refuse(full), "full-disk");
      server.start();
      E2bOptions options =
          fake.options().sandboxUrl("http://127.0.0.1:" + full.getLocalPort()).build();
      try (E2bClient toFull = new E2bClient(options, shared)) {
        Files files = toFull.connect(sandbox.sandboxId(), Duration.ofSeconds(5)).files();
        assertThatThrownBy(
                () -> files.write("/large", new ByteArrayInputStream(new byte[32 << 20])))
            .hasMessageContaining("write /large in sandbox " + sandbox.sandboxId())
            .isInstanceOfSatisfying(
                E2bStatusException.class, e -> assertThat(e.status()).isEqualTo(507));
      }
      server.join(10_000);
      nothingIsHeld();
    }
  }

  private static void refuse(ServerSocket full) {
    String body = "{\"code\":507,\"message\":\"not enough disk space available\"}";
    try (Socket socket = full.accept()) {
      socket.getInputStream().readNBytes(100_000);
      socket
          .getOutputStream()
          .write(
              ("HTTP/1.1 507 Insufficient Storage\r\nContent-Type: application/json\r\n"
                      + "Connection: close\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aStreamThatIsCutAtAnyByteIsAFailureUntilItsEndIsKnown() {
    byte[] head = frames("{\"event\":{\"start\":{\"pid\":7}}}", "{\"event\":{\"data\":{}}}");
    byte[] end = frames("{\"event\":{\"end\":{\"exited\":true}}}");
    byte[] whole = new byte[head.length + end.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(end, 0, whole, head.length, end.length);
    for (int at = 0; at <= whole.length; at++) {
      byte[] sent = Arrays.copyOf(whole, at);
      fake.programs.put("x", out -> out.raw(sent));
      ThrowingCallable run = sandboxCalls(sandbox).get("run");
      if (at == whole.length) {
        assertThat(catchThrowable(run)).as("the end was told").isNull();
      } else {
        assertThatThrownBy(run)
            .as("cut at %d", at)
            .isInstanceOfSatisfying(
                E2bTransportException.class, e -> assertThat(e.mayHaveBeenAccepted()).isTrue())
            .hasMessageContaining(sandbox.sandboxId());
      }
    }
    nothingIsHeld();
  }

  private static byte[] frames(String... messages) {
    Buffer bytes = new Buffer();
    for (String message : messages) {
      bytes.write(FrameDecoder.encode(message.getBytes(StandardCharsets.UTF_8)));
    }
    return bytes.readByteArray();
  }

  @Test
  void whatIsMissingOrNullOrOfAnotherKindIsNeverMoreThanAnErrorOfE2bs() {
    List<String> answers =
        List.of(
            "{}",
            "null",
            "[]",
            "[null]",
            "1",
            "\"x\"",
            "{\"entry\":null}",
            "{\"entry\":[]}",
            "{\"entries\":[null]}",
            "{\"processes\":[null,{}]}",
            "{\"processes\":{}}",
            "{\"sandboxes\":{\"i1\":null}}",
            "{\"logs\":[null]}",
            "[{\"metadata\":{\"a\":null}}]",
            "{\"sandboxID\":\"i1\",\"templateID\":null}",
            "{\"snapshotID\":7,\"names\":[null]}");
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>(apiCalls(client));
    for (String unary : List.of("list", "stat", "entries", "move", "make")) {
      calls.put("sandbox " + unary, sandboxCalls(sandbox).get(unary));
    }
    for (String answer : answers) {
      calls.forEach(
          (name, call) -> {
            fake.answerNext("/", new MockResponse.Builder().body(answer).build());
            Throwable failure = catchThrowable(call);
            if (failure != null) {
              assertThat(failure).as("%s: %s", name, answer).isInstanceOf(E2bException.class);
            }
          });
    }
    nothingIsHeld();
  }

  @Test
  void outputThatIsNotUtf8IsHandedOnAsItIs() {
    byte[] bytes = {'a', (byte) 0xff, (byte) 0xc3, '(', 0, (byte) 0xe2, (byte) 0x82};
    for (int at = 0; at <= bytes.length; at++) {
      int split = at;
      fake.programs.put(
          "x",
          out ->
              out.start(1)
                  .stdout(Arrays.copyOf(bytes, split))
                  .stdout(Arrays.copyOfRange(bytes, split, bytes.length))
                  .end(0)
                  .trailer());
      CommandResult result = sandbox.commands().run(Command.of("x"));
      assertThat(result.stdoutBytes()).as("split at %d", at).isEqualTo(bytes);
      assertThat(result.stdout()).isEqualTo("a\ufffd\ufffd(\0\ufffd");
      List<String> text = new CopyOnWriteArrayList<>();
      OutputListener listener = OutputListener.text(text::add, text::add);
      try (RunningCommand running = sandbox.commands().start(Command.of("x"), listener)) {
        assertThat(running.awaitExit(Duration.ofSeconds(10))).isPresent();
      }
      assertThat(String.join("", text)).as("split at %d", at).isEqualTo(result.stdout());
    }
  }

  @Test
  void aDeadSandboxIsUnavailableForEveryCall() {
    fake.boxes.clear();
    sandboxCalls(sandbox)
        .forEach(
            (name, call) ->
                assertThatThrownBy(call)
                    .as(name)
                    .isInstanceOfSatisfying(
                        SandboxUnavailableException.class,
                        e ->
                            assertThat(e.reason())
                                .isEqualTo(SandboxUnavailableException.Reason.NOT_RUNNING)));
    nothingIsHeld();
  }

  @Test
  void anAnswerThatIsCutIsATransportFailureForEveryCall() {
    MockResponse cut =
        FakeE2b.json(200, Map.of("x", "y".repeat(100_000)))
            .newBuilder()
            .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
            .build();
    apiCalls(client)
        .forEach(
            (name, call) -> {
              fake.answerNext("/", cut);
              assertThatThrownBy(call).as(name).isInstanceOf(E2bTransportException.class);
            });
    nothingIsHeld();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void garbageInPlaceOfAStreamIsAnErrorWhateverItIs(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      byte[] garbage = new byte[1 + random.nextInt(400)];
      random.nextBytes(garbage);
      // A frame that looks like one is the harder case.
      if (random.nextBoolean()) {
        garbage = FrameDecoder.encode(garbage);
      }
      byte[] sent = garbage;
      boolean finished = random.nextBoolean();
      FakeEnvd.Program program =
          out -> {
            out.raw(sent);
            if (finished) {
              out.finishBody();
            }
          };
      fake.programs.put("x", program);
      fake.programs.put("watch /d", program);
      fake.programs.put("attach 7", program);
      for (String name : List.of("run", "watch", "attach")) {
        assertThat(catchThrowable(sandboxCalls(sandbox).get(name)))
            .as("seed %d, round %d, %s: %s", seed, round, name, Arrays.toString(sent))
            .isInstanceOf(E2bException.class)
            .hasMessageContaining(sandbox.sandboxId());
      }
    }
    nothingIsHeld();
  }

  @Test
  void aClaimOfTwoGigabytesCostsNothingAndEndsTheStream() {
    byte[] claim = {0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, '{'};
    for (String name : List.of("x", "watch /d", "attach 7")) {
      fake.programs.put(
          name,
          out -> {
            out.raw(claim);
            release.await();
          });
    }
    for (String name : List.of("run", "watch", "attach")) {
      assertThatThrownBy(sandboxCalls(sandbox).get(name))
          .as(name)
          .isInstanceOf(E2bProtocolException.class)
          .hasMessageContaining("2147483647");
    }
    nothingIsHeld();
  }

  @Test
  void aLineOfJsonThatIsSplitAnywhereIsTheSameLine() {
    String line = "{\"type\":\"résumé\",\"text\":\"😀 \\u00e4\"}\n";
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at <= bytes.length; at++) {
      int split = at;
      fake.programs.put(
          "x",
          out ->
              out.start(1)
                  .stdout(Arrays.copyOf(bytes, split))
                  .stdout(Arrays.copyOfRange(bytes, split, bytes.length))
                  .end(0)
                  .trailer());
      List<String> pieces = new CopyOnWriteArrayList<>();
      OutputListener listener = OutputListener.text(pieces::add, pieces::add);
      try (RunningCommand running = sandbox.commands().start(Command.of("x"), listener)) {
        assertThat(running.awaitExit(Duration.ofSeconds(10))).isPresent();
      }
      assertThat(String.join("", pieces)).as("split at %d", at).isEqualTo(line);
    }
  }

  @Test
  void unknownFieldsAreIgnoredInEveryAnswer() {
    fake.answerNext(
        "/Stat",
        FakeE2b.json(
            200, Map.of("entry", Map.of("name", "a", "tomorrow", Map.of("x", 1)), "more", 1)));
    assertThat(sandbox.files().stat("/a").name()).isEqualTo("a");
    fake.answerNext(
        "/List",
        FakeE2b.json(200, Map.of("processes", List.of(Map.of("pid", 3, "new", List.of())))));
    assertThat(sandbox.commands().list()).extracting(ProcessInfo::pid).containsExactly(3L);
    fake.programs.put(
        "x",
        out ->
            out.message("{\"event\":{\"start\":{\"pid\":9,\"new\":[1]}},\"also\":{}}")
                .message("{\"event\":{\"tomorrow\":{}}}")
                .message("{}")
                .message("{\"event\":{\"data\":{}}}")
                .end(0)
                .trailer());
    assertThat(sandbox.commands().run(Command.of("x")).pid()).isEqualTo(9);
  }

  @Test
  void afterManyFailuresNoThreadAndNoConnectionIsLeft() {
    fake.programs.put("x", out -> out.start(1).stdout("half"));
    for (int i = 0; i < 30; i++) {
      fake.answerNext("/files", new MockResponse.Builder().code(500).body("no").build());
      fake.answerNext(
          "/files",
          new MockResponse.Builder()
              .body(new Buffer().write(new byte[1 << 20]))
              .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
              .build());
      assertThatThrownBy(sandboxCalls(sandbox).get("run")).isInstanceOf(E2bException.class);
      assertThatThrownBy(sandboxCalls(sandbox).get("read")).isInstanceOf(E2bException.class);
      assertThatThrownBy(sandboxCalls(sandbox).get("stream")).isInstanceOf(IOException.class);
      assertThatThrownBy(sandboxCalls(sandbox).get("watch")).isInstanceOf(E2bException.class);
    }
    nothingIsHeld();
    client.close();
    Waiting.until(
        "the client's threads have ended",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(
                    thread ->
                        thread.getName().startsWith("e2b-http-")
                            || thread.getName().endsWith(sandbox.sandboxId())));
  }
}
