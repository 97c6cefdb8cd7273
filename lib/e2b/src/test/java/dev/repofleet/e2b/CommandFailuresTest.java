package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Map;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known where a command is refused, or its answer breaks or does not come. */
class CommandFailuresTest extends FakeSandboxTest {
  @Test
  void itsOwnTimeLimitIsATimeout() {
    fake.programs.put("late", out -> out.start(9).error("deadline_exceeded", "context deadline"));
    CommandTimeoutException failure =
        catchThrowableOfType(
            CommandTimeoutException.class,
            () ->
                sandbox
                    .commands()
                    .run(Command.builder("late").timeout(Duration.ofSeconds(1)).build()));
    assertThat(failure.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(failure).hasMessageContaining("late").hasMessageContaining("pid 9");
  }

  @Test
  void aDeadlineNobodyAskedForIsNotACommandTimeout() {
    assertThatThrownBy(() -> run("late", out -> out.start(9).error("deadline_exceeded", "why")))
        .isExactlyInstanceOf(E2bStatusException.class)
        .hasMessageContaining("HTTP 504");
  }

  @Test
  void aMissingWorkingDirectoryIsARefusalBeforeAnyStart() {
    E2bStatusException failure =
        catchThrowableOfType(
            E2bStatusException.class,
            () -> run("x", out -> out.error("invalid_argument", "cwd '/x' does not exist")));
    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.errorCode()).contains("invalid_argument");
    assertThat(failure).hasMessageContaining("cwd '/x' does not exist");
  }

  @ParameterizedTest
  @CsvSource({
    "unauthenticated, 401, AuthenticationException",
    "not_found, 404, NotFoundException",
    "resource_exhausted, 429, RateLimitedException",
    "unavailable, 503, SandboxUnavailableException",
    "internal, 500, E2bStatusException",
    "permission_denied, 403, E2bStatusException",
    "unheard_of, 500, E2bStatusException"
  })
  void anErrorInTheLastFrameHasTheClassOfItsStatus(String code, int status, String type) {
    E2bStatusException failure =
        catchThrowableOfType(
            E2bStatusException.class, () -> run("x", out -> out.start(1).error(code, "because")));
    assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.serverMessage()).isEqualTo("because");
    assertThat(failure.path()).isEqualTo("/process.Process/Start");
  }

  @Test
  void aStreamCutMidWayLeavesTheProcessPerhapsRunning() {
    E2bTransportException failure =
        catchThrowableOfType(
            E2bTransportException.class, () -> run("x", out -> out.start(77).stdout("half")));
    assertThat(failure.mayHaveBeenAccepted()).isTrue();
    assertThat(failure)
        .hasMessageContaining("the process may still run (pid 77)")
        .hasMessageNotContaining("null");
  }

  @Test
  void aStreamCutBeforeItsFirstEventMayHaveStartedTheProcess() {
    E2bTransportException failure =
        catchThrowableOfType(E2bTransportException.class, () -> run("x", out -> out.keepalive()));
    assertThat(failure.mayHaveBeenAccepted()).isTrue();
  }

  @Test
  void aBodyThatEndsWithoutALastFrameIsABrokenTransport() {
    assertThatThrownBy(() -> run("x", out -> out.start(77).finishBody()))
        .isInstanceOf(E2bTransportException.class)
        .hasMessageContaining("without its last frame");
  }

  @Test
  void aLastFrameWithoutAnExitIsAProtocolError() {
    assertThatThrownBy(() -> run("x", out -> out.start(77).trailer()))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("without an exit code")
        .hasMessageContaining("pid 77");
  }

  @Test
  void aLastFrameWithoutAStartIsAProtocolError() {
    assertThatThrownBy(() -> run("x", ChunkedStream::trailer))
        .isInstanceOf(E2bProtocolException.class);
    assertThatThrownBy(() -> run("x", out -> out.end(0).trailer()))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("no start was told");
  }

  @Test
  void anExitThatCameBeforeTheCutIsBelieved() {
    assertThat(run("x", out -> out.start(7).stdout("all").end(0)).stdout()).isEqualTo("all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{not json", "[]", "{\"event\":{\"start\":{\"pid\":\"x\"}}}", "\"\""})
  void aFrameThatIsNotTheExpectedJsonIsAProtocolError(String json) {
    assertThatThrownBy(() -> run("x", out -> out.message(json).trailer()))
        .isInstanceOf(E2bProtocolException.class);
  }

  @Test
  void aCompressedAndAHugeFrameAreProtocolErrors() {
    assertThatThrownBy(() -> run("x", out -> out.start(1).frame(1, new byte[3]).trailer()))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("compressed");
    byte[] huge = {0, 0x7f, 0, 0, 0};
    assertThatThrownBy(() -> run("x", out -> out.start(1).raw(huge).finishBody()))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("more than the limit");
  }

  @Test
  void aPageInPlaceOfAStreamPointsAtTheUrl() {
    fake.answerNext("/Start", new MockResponse.Builder().body("<html>").build());
    assertThatThrownBy(() -> sandbox.commands().run(Command.of("x")))
        .isInstanceOf(E2bProtocolException.class)
        .hasMessageContaining("E2B_SANDBOX_URL");
  }

  @Test
  void aSandboxThatIsGoneIsUnavailableNotRunning() {
    fake.boxes.remove(sandbox.sandboxId());
    SandboxUnavailableException failure =
        catchThrowableOfType(
            SandboxUnavailableException.class, () -> sandbox.commands().run(Command.of("x")));
    assertThat(failure.reason()).isEqualTo(SandboxUnavailableException.Reason.NOT_RUNNING);
    assertThat(failure.sandboxId()).isEqualTo(sandbox.sandboxId());
    assertThat(failure.status()).isEqualTo(502);
  }

  @Test
  void aClosedPortATransitionAndAMuteGatewayAreToldApart() {
    fake.answerNext(
        "/List",
        FakeE2b.json(
            502,
            Map.of(
                "sandboxId",
                "i1",
                "message",
                "The sandbox is running but port is not open",
                "port",
                49983,
                "code",
                502)));
    fake.answerNext(
        "/List", FakeE2b.error(409, "The sandbox is still transitioning. Try again in a moment."));
    fake.answerNext("/List", new MockResponse.Builder().code(502).body("bad gateway").build());
    fake.answerNext("/List", FakeE2b.connectError(503, "unavailable", "eof"));
    assertThat(reason()).isEqualTo(SandboxUnavailableException.Reason.PORT_NOT_OPEN);
    assertThat(reason()).isEqualTo(SandboxUnavailableException.Reason.TRANSITIONING);
    assertThat(reason()).isEqualTo(SandboxUnavailableException.Reason.UNKNOWN);
    assertThat(reason()).isEqualTo(SandboxUnavailableException.Reason.UNKNOWN);
  }

  private SandboxUnavailableException.Reason reason() {
    return catchThrowableOfType(SandboxUnavailableException.class, () -> sandbox.commands().list())
        .reason();
  }

  @Test
  void refusalsOnTheWayInHaveTheirClasses() {
    fake.answerNext("/Start", FakeE2b.error(429, "too many connections to this sandbox"));
    fake.answerNext("/Start", FakeE2b.error(401, "unauthorized access"));
    fake.answerNext("/Start", FakeE2b.error(403, "traffic token is missing"));
    assertThatThrownBy(() -> sandbox.commands().run(Command.of("x")))
        .isInstanceOfSatisfying(RateLimitedException.class, e -> assertThat(e.isQuota()).isFalse());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> sandbox.commands().run(Command.of("x")))
          .isInstanceOf(AuthenticationException.class);
    }
  }

  @Test
  void aStartThatNeverComesIsGivenUp() {
    fake.programs.put(
        "mute",
        out -> {
          out.keepalive();
          release.await();
        });
    E2bOptions options = fake.options().requestTimeout(Duration.ofSeconds(5)).build();
    try (E2bClient hasty = new E2bClient(options)) {
      Commands commands = hasty.connect(sandbox.sandboxId(), Duration.ofSeconds(5)).commands();
      E2bTransportException failure =
          catchThrowableOfType(E2bTransportException.class, () -> commands.run(Command.of("mute")));
      assertThat(failure.mayHaveBeenAccepted()).isTrue();
    }
  }

  @Test
  void aStreamThatFallsSilentIsDead() {
    fake.programs.put(
        "silent",
        out -> {
          out.start(1);
          release.await();
        });
    E2bOptions options =
        fake.options()
            .keepaliveInterval(Duration.ofMillis(100))
            .streamSilence(Duration.ofSeconds(3))
            .build();
    try (E2bClient strict = new E2bClient(options)) {
      Commands commands = strict.connect(sandbox.sandboxId(), Duration.ofSeconds(5)).commands();
      assertThatThrownBy(() -> commands.run(Command.of("silent")))
          .isInstanceOf(E2bTransportException.class)
          .hasMessageContaining("the process may still run");
    }
    assertThat(fake.last("/Start").getHeaders().get("Keepalive-Ping-Interval")).isEqualTo("1");
  }
}
