package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.DurableJob;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.FileRange;
import dev.repofleet.e2b.JobState;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.ProcessSignal;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.host.ExecutableSearch;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client's durable jobs in real sandboxes. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class DurableJobIT {
  @TempDir private Path data;
  private TestServer server;
  private E2bClient client;
  private Sandbox sandbox;

  @BeforeEach
  void open() throws Exception {
    server = TestServer.isolated(data, builder -> {});
    client = client();
    sandbox = client.create(SandboxSpec.builder().template("claude").build());
  }

  private E2bClient client() {
    String uri = server.server().uri().toString();
    return new E2bClient(
        E2bOptions.builder().apiKey(server.server().apiKey()).apiUrl(uri).sandboxUrl(uri).build());
  }

  @AfterEach
  void close() {
    if (server != null) {
      client.close();
      server.close();
    }
  }

  private static Consumer<FileRange> into(ByteArrayOutputStream bytes) {
    return part -> bytes.writeBytes(part.bytes());
  }

  @Test
  void whatIsStartedByManyAtOnceRunsOnce() throws Exception {
    DurableJob job = sandbox.job("/home/user/jobs/once");
    assertThat(job.state().phase()).isEqualTo(JobState.Phase.NONE);
    assertThatThrownBy(() -> job.stdout(0, 10)).isInstanceOf(NotFoundException.class);
    Command command =
        Command.of("sh", "-c", "echo ran | tee -a /home/user/count; echo no >&2; exit 7");
    ExecutorService callers = Executors.newFixedThreadPool(6);
    try {
      List<Callable<Boolean>> starts = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        starts.add(() -> sandbox.job(job.folder()).start(command));
      }
      List<Boolean> first = new ArrayList<>();
      for (Future<Boolean> start : callers.invokeAll(starts)) {
        first.add(start.get());
      }
      assertThat(first).containsOnlyOnce(true);
    } finally {
      callers.shutdownNow();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(job.follow(0, into(out), Awaiting.LONG)).hasValue(7);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("ran\n");
    assertThat(job.stderr(0, 100).bytes()).isEqualTo("no\n".getBytes(StandardCharsets.UTF_8));
    assertThat(job.start(Command.of("echo", "again"))).isFalse();
    assertThat(sandbox.files().readText("/home/user/count")).isEqualTo("ran\n");
    job.remove();
    assertThat(job.start(Command.of("true"))).isTrue();
    assertThat(job.follow(0, part -> {}, Awaiting.LONG)).hasValue(0);
  }

  @Test
  void itBeginsWithATerminalsSignalsAtTheirDefaults() {
    DurableJob job = sandbox.job("/home/user/jobs/signals");
    job.start(Command.of("grep", "SigIgn", "/proc/self/status"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(job.follow(0, into(out), Awaiting.LONG)).hasValue(0);
    assertThat(out.toString(StandardCharsets.UTF_8)).matches("SigIgn:\\s[0-9a-f]+0\n");
  }

  @Test
  void aNewCallerFollowsFromTheOffsetOfTheOldOne() {
    DurableJob job = sandbox.job("/home/user/jobs/long");
    job.start(
        Command.builder(
                "sh", "-c", "echo $WORD in $PWD; until [ -e go ]; do sleep 0.02; done; echo second")
            .env("WORD", "first")
            .cwd("/home/user")
            .build());
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    Awaiting.until(
        "the first line",
        () -> {
          job.follow(first.size(), into(first), Duration.ZERO);
          return first.size() > 0;
        });
    assertThat(job.follow(first.size(), into(first), Duration.ofMillis(300))).isEmpty();
    assertThat(first.toString(StandardCharsets.UTF_8)).isEqualTo("first in /home/user\n");
    client.close();
    client = client();
    Sandbox again = client.connect(sandbox.sandboxId(), Duration.ofMinutes(5));
    DurableJob same = again.job(job.folder());
    assertThat(same.state().phase()).isEqualTo(JobState.Phase.RUNNING);
    again.files().writeText("/home/user/go", "");
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    assertThat(same.follow(first.size(), into(rest), Awaiting.LONG)).hasValue(0);
    assertThat(rest.toString(StandardCharsets.UTF_8)).isEqualTo("second\n");
    assertThat(same.state().exit()).hasValue(0);
  }

  @Test
  void aSignalReachesTheWholeGroupAndTheEndIsKnown() {
    DurableJob job = sandbox.job("/home/user/jobs/tree");
    job.start(Command.of("sh", "-c", "sleep 301 & sleep 302 & wait"));
    Awaiting.until("both children", () -> sleeps() == 2);
    assertThat(job.signal(ProcessSignal.SIGTERM)).isTrue();
    assertThat(job.follow(0, part -> {}, Awaiting.LONG)).hasValue(143);
    Awaiting.until("no children", () -> sleeps() == 0);
    assertThat(job.signal(ProcessSignal.SIGKILL)).isFalse();
    assertThat(sandbox.job("/home/user/jobs/none").signal(ProcessSignal.SIGTERM)).isFalse();
  }

  private int sleeps() {
    String count =
        "for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$one; echo; done 2>/dev/null"
            + " | grep -c '^sleep 30[12]'";
    return Integer.parseInt(sandbox.commands().run(Command.of("sh", "-c", count)).stdout().strip());
  }

  @Test
  void aJobWhoseSupervisorDiedIsLostAndNotStartedAgain() {
    DurableJob job = sandbox.job("/home/user/jobs/lost");
    job.start(Command.of("sleep", "303"));
    Awaiting.until("its pid", () -> sandbox.files().exists(job.folder() + "/pid"));
    // As a boot does: all are gone at once.
    sandbox
        .commands()
        .run(
            Command.of(
                "sh",
                "-c",
                "for p in /proc/[0-9]*; do"
                    + " grep -qsa 'durable-job' \"$p/cmdline\" && [ \"${p#/proc/}\" != $$ ]"
                    + " && kill -9 \"${p#/proc/}\"; done; kill -9 $(cat "
                    + job.folder()
                    + "/pid)"));
    Awaiting.until("lost", () -> job.state().phase() == JobState.Phase.LOST);
    assertThat(job.start(Command.of("true"))).isFalse();
    assertThatThrownBy(() -> job.follow(0, part -> {}, Awaiting.LONG))
        .isInstanceOf(E2bException.class)
        .hasMessageContaining("gone without an exit code");
  }

  @Test
  void aPauseKeepsAJobAndABootLosesIt() {
    DurableJob job = sandbox.job("/home/user/jobs/paused");
    job.start(
        Command.of("sh", "-c", "until [ -e /tmp/go ]; do sleep 0.02; done; echo on; sleep 304"));
    assertThat(sandbox.pause()).isTrue();
    sandbox = client.connect(sandbox.sandboxId(), Duration.ofMinutes(5));
    DurableJob again = sandbox.job(job.folder());
    assertThat(again.state().phase()).isEqualTo(JobState.Phase.RUNNING);
    sandbox.files().writeText("/tmp/go", "");
    Awaiting.until("its word", () -> !again.stdout(0, 10).isEmpty());
    assertThat(sandbox.pause(false)).isTrue();
    sandbox = client.connect(sandbox.sandboxId(), Duration.ofMinutes(5));
    DurableJob lost = sandbox.job(job.folder());
    assertThat(lost.state().phase()).isEqualTo(JobState.Phase.LOST);
    assertThat(lost.stdout(0, 10).bytes()).isEqualTo("on\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theScriptHasNoKnownMistakes() throws Exception {
    TestServer.requireTool(
        ExecutableSearch.locate("shellcheck", System.getenv()).isPresent(), "shellcheck");
    Process check = new ProcessBuilder("shellcheck", "-").redirectErrorStream(true).start();
    try (InputStream script =
            Objects.requireNonNull(DurableJob.class.getResourceAsStream("durable-job.sh"));
        OutputStream stdin = check.getOutputStream()) {
      script.transferTo(stdin);
    }
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }

  @Test
  void whatCannotBeStartedSaysWhy() {
    assertThatThrownBy(() -> sandbox.job("/proc/none").start(Command.of("true")))
        .isInstanceOf(E2bException.class)
        .hasMessageContaining("cannot start job /proc/none in sandbox " + sandbox.sandboxId());
    DurableJob missing = sandbox.job("/home/user/jobs/missing");
    assertThat(missing.start(Command.of("no-such-program"))).isTrue();
    assertThat(missing.follow(0, part -> {}, Awaiting.LONG)).hasValue(127);
    assertThat(new String(missing.stderr(0, 1000).bytes(), StandardCharsets.UTF_8))
        .contains("no-such-program");
    assertThatThrownBy(() -> sandbox.job("relative")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> missing.start(Command.builder("true").timeout(Duration.ofSeconds(1)).build()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
