package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a durable job asks and makes of the answers; {@code DurableJobIT} has the real script. */
class DurableJobTest extends FakeSandboxTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final List<Duration> rests = new ArrayList<>();
  private final List<String> parts = new ArrayList<>();
  private DurableJob job;
  private volatile String state = "running";
  private Pause pause = rests::add;

  @BeforeEach
  void open() {
    job = new DurableJob(sandbox, "/jobs/a", time -> pause.pause(time));
    fake.files.put("/jobs/a/out", new byte[0]);
    fake.programs.put("/bin/sh", out -> out.start(1).stdout(state + "\n").end(0).trailer());
  }

  private void take(FileRange part) {
    parts.add(part.offset() + " " + new String(part.bytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aStartIsOneCommandWithTheCommandsPlaceAndEnvironment() throws IOException {
    fake.programs.put("setsid", out -> out.start(1).stdout("started\n").end(0).trailer());
    assertThat(job.start(Command.builder("make", "all").cwd("/w").env("K", "v").build())).isTrue();
    var process = FakeEnvd.frame(fake.last("/Start")).path("process");
    assertThat(process.path("cwd").asText()).isEqualTo("/w");
    assertThat(process.path("envs").toString()).isEqualTo("{\"K\":\"v\"}");
    assertThat(process.path("args").toString())
        .startsWith("[\"-f\",\"/bin/sh\",\"-c\",")
        .endsWith("\"durable-job\",\"start\",\"/jobs/a\",\"make\",\"all\"]");
    fake.programs.put("setsid", out -> out.start(1).stdout("known\n").end(0).trailer());
    assertThat(job.start(Command.of("make"))).isFalse();
    fake.programs.put("setsid", out -> out.start(1).stderr("No space left\n").end(0).trailer());
    assertThatThrownBy(() -> job.start(Command.of("make")))
        .hasMessage(
            "cannot start job /jobs/a in sandbox " + sandbox.sandboxId() + ": No space left");
    fake.answerNext("/Start", FakeE2b.dropped());
    assertThatThrownBy(() -> job.start(Command.of("make")))
        .isInstanceOfSatisfying(
            E2bTransportException.class, e -> assertThat(e.mayHaveBeenAccepted()).isTrue());
  }

  @Test
  void aSilentJobIsAskedLessAndLessOftenAndWhatItWroteLastIsNotLost() {
    pause =
        time -> {
          rests.add(time);
          if (rests.size() == 8) {
            fake.files.put("/jobs/a/out", ascii("0123"));
          }
          if (rests.size() == 9) {
            fake.files.put("/jobs/a/out", ascii("0123last"));
            state = "ended 3";
          }
        };
    assertThat(job.follow(1, this::take, LONG)).hasValue(3);
    assertThat(parts).containsExactly("1 123", "4 last");
    assertThat(rests)
        .extracting(Duration::toMillis)
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 100L);
  }

  @Test
  void aFollowerThatIsInterruptedOrLateLeavesTheJob() {
    assertThat(job.follow(0, this::take, Duration.ZERO)).isEmpty();
    pause =
        time -> {
          throw new InterruptedException("test");
        };
    assertThatThrownBy(() -> job.follow(0, this::take, LONG))
        .isInstanceOf(E2bInterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
    fake.answerNext("/files", FakeE2b.dropped());
    assertThatThrownBy(() -> job.follow(0, this::take, LONG))
        .isInstanceOf(E2bTransportException.class);
    assertThat(fake.signals).isEmpty();
    state = "lost";
    assertThatThrownBy(() -> job.follow(0, this::take, LONG))
        .isInstanceOf(E2bException.class)
        .hasMessageContaining("/jobs/a")
        .hasMessageContaining("another folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ended", "ended x", "ended 1000", "what?", "started"})
  void wordsThatAreNotTheScriptsAreAnError(String said) {
    state = said;
    assertThatThrownBy(() -> job.state()).isInstanceOf(E2bException.class);
    assertThatThrownBy(() -> job.signal(ProcessSignal.SIGTERM)).isInstanceOf(E2bException.class);
  }

  @Test
  void theStatesAreReadAndASignalIsTrueWhereItWasSent() {
    for (Map.Entry<String, JobState.Phase> one :
        Map.of(
                "none", JobState.Phase.NONE,
                "lost", JobState.Phase.LOST,
                "ended 137", JobState.Phase.ENDED)
            .entrySet()) {
      state = one.getKey();
      assertThat(job.state().phase()).isEqualTo(one.getValue());
      assertThat(job.signal(ProcessSignal.SIGKILL)).isFalse();
    }
    state = "sent";
    assertThat(job.signal(ProcessSignal.SIGTERM)).isTrue();
    state = "ended 137";
    assertThat(job.state().exit()).hasValue(137);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "/a/", "", "/a\nb"})
  void aFolderThatIsNoneIsRefused(String folder) {
    assertThatThrownBy(() -> sandbox.job(folder)).isInstanceOf(IllegalArgumentException.class);
  }
}
