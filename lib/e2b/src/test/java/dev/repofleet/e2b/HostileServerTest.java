package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers that refuse, answer half or nothing: a clear error for every call, and nothing left. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
class HostileServerTest extends HostileTest {
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
        ExecutorService atOnce = Executors.newFixedThreadPool(calls.size());
        calls.entrySet().stream()
            .map(call -> CompletableFuture.runAsync(() -> assertGivenUp(call), atOnce))
            .toList()
            .forEach(CompletableFuture::join);
        atOnce.shutdown();
      }
      nothingIsHeld();
    }
  }

  private static void assertGivenUp(Map.Entry<String, ThrowingCallable> call) {
    assertThatThrownBy(call.getValue())
        .as(call.getKey())
        .isInstanceOfSatisfying(
            E2bTransportException.class,
            e -> assertThat(e.mayHaveBeenAccepted()).as(call.getKey()).isTrue());
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
      server.join(Waiting.LONG.toMillis());
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
}
