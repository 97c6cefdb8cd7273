package dev.repofleet.worker.run;

import static dev.repofleet.worker.run.RunScriptFixture.kill;
import static dev.repofleet.worker.run.RunScriptFixture.lives;
import static dev.repofleet.worker.testing.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.testing.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A checkpoint stops the agent for a moment: that is no end of it. */
@Execution(ExecutionMode.CONCURRENT)
class StoppedAgentIT {
  private static final String UNTIL_GO = "until [[ -e go ]]; do sleep 0.1; done; exit 3";

  @TempDir Path folder;
  private RunScriptFixture run;

  @BeforeEach
  void open() throws Exception {
    run = new RunScriptFixture(folder, Map.of("RF_STOP_GRACE", "2"));
  }

  @AfterEach
  void close() throws Exception {
    run.close();
  }

  @Test
  void aLookLetsTheAgentGoOnThatAKilledCheckpointStopped() throws Exception {
    run.agent("0.0.0", UNTIL_GO);
    run.start(0, 0);
    run.begun("0.0.0");
    kill(-run.meta("0.0.0", "pgid"), "STOP");
    assertThat(run.call("await", "0", "0", "0", "0", "1").line()).startsWith("running i=0");
    Files.createFile(run.run("0.0.0", "frozen"));
    assertThat(run.state(0)).startsWith("running i=0");
    assertThat(run.run("0.0.0", "frozen")).doesNotExist();
    Files.createFile(run.work.resolve("go"));
    assertThat(run.ended(0)).startsWith("finished i=0 rc=3");
  }

  /** Its supervisor may learn of the stop, the going on and the end all at once. */
  @Test
  void theEndRightAfterAStopHasTheAgentsOwnExitCode() throws Exception {
    List<String> keys = IntStream.range(0, 8).mapToObj(turn -> "0." + turn + ".0").toList();
    keys.forEach(key -> run.agent(key, UNTIL_GO));
    IntStream.range(0, keys.size()).forEach(turn -> run.start(turn, 0));
    keys.forEach(run::begun);
    for (String key : keys) {
      kill(-run.meta(key, "pgid"), "STOP");
    }
    keys.forEach(key -> kill(run.meta(key, "supervisor"), "STOP"));
    Files.createFile(run.work.resolve("go"));
    keys.forEach(key -> kill(-run.meta(key, "pgid"), "CONT"));
    until(
        "all agents have ended",
        Waiting.LONG,
        () -> keys.stream().noneMatch(key -> lives(run.meta(key, "pgid"))));
    keys.forEach(key -> kill(run.meta(key, "supervisor"), "CONT"));
    for (int turn = 0; turn < keys.size(); turn++) {
      assertThat(run.ended(turn)).startsWith("finished i=0 rc=3");
    }
  }
}
