package dev.repofleet.worker.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.e2b.Command;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.worker.testing.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When work is saved and what of it, beside an agent that goes on. */
class CheckpointIT extends PreparedSandbox {
  @Test
  void theTreeIsNeverBehindTheTalk() {
    fleet.startAgent(
        sandbox,
        """
        while :; do
          n=$((n + 1)); echo $n >>count; echo '{"n":'$n'}' >>%s
          [[ $n -ne 100 ]] || { echo output; touch ../ready; }
        done &
        wait
        """
            .formatted(fleet.transcriptPath()));
    for (int offset = 1; offset <= 5; offset++) {
      fleet.checkpoints(sandbox).takeEnd(0, offset, null, PreparedSandbox::noBeat);
      Checkpoint checkpoint = fleet.saved().get(0).checkpoint();
      assertThat(checkpoint.offset()).isEqualTo(offset);
      String transcript = fleet.transcript(checkpoint);
      assertThat(transcript).endsWith("}\n");
      List<String> lines = transcript.lines().toList();
      String patch = new String(fleet.store.read(checkpoint.patch().orElseThrow(), 1 << 28), UTF_8);
      String count = patch.replaceAll("(?s).*\\n\\+(\\d+)\\n.*", "$1");
      assertThat(Integer.parseInt(count)).isGreaterThanOrEqualTo(lines.size());
    }
  }

  @Test
  void aSnapshotThatIsKilledLeavesNoAgentStopped() {
    fleet.startAgent(sandbox, "");
    signalSnapshotAtItsCopying("0.0.0", "kill -KILL $!");
    String run = SandboxLayout.STATE + "/runs/0.0.0";
    assertThat(fleet.root(sandbox, "ls " + run)).contains("frozen");
    assertThat(fleet.agentState(sandbox)).isEqualTo("T");

    assertThat(fleet.state(sandbox)).startsWith("running i=0");

    assertThat(fleet.agentState(sandbox)).isNotEqualTo("T");
    assertThat(fleet.root(sandbox, "ls " + run)).doesNotContain("frozen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0", "0.0.1"}) // that runs, and that never did
  void aSnapshotThatIsToldToEndLeavesNothing(String run) {
    fleet.startAgent(sandbox, "");
    signalSnapshotAtItsCopying(run, "kill -TERM $! -$!"); // as `timeout` does
    assertThat(fleet.root(sandbox, "cd " + SandboxLayout.STATE + "; ls . runs/0.0.0"))
        .doesNotContain("snapshot.", "frozen");
    assertThat(fleet.agentState(sandbox)).isNotEqualTo("T");
  }

  /** Its copying takes seconds, to be hit for sure. */
  private void signalSnapshotAtItsCopying(String run, String signal) {
    sandbox
        .withUser(SandboxLayout.ROOT)
        .commands()
        .run(
            Command.of(
                "bash",
                "-c",
                """
                export RF_STATE=%1$s RF_KEY=%2$s RF_TRANSCRIPT=%3$s RF_MAX=536870912
                export RF_COPY=%1$s/snapshot.1
                mkdir -p %1$s/runs/%2$s /tmp/slow
                printf '#!/bin/sh\\n/bin/dd "$@" && exec sleep 9\\n' >/tmp/slow/dd
                chmod 755 /tmp/slow /tmp/slow/dd
                PATH=/tmp/slow:$PATH setsid bash -c "$0" &
                until [ -s $RF_COPY/transcript ]; do :; done 2>/dev/null
                %4$s; wait; exit 0"""
                    .formatted(SandboxLayout.STATE, run, fleet.transcriptPath(), signal),
                script()));
  }

  private static String script() {
    List<String> argv =
        ShippedScript.SNAPSHOT.command(Duration.ofSeconds(9), List.of()).build().argv();
    return argv.get(argv.indexOf("-c") + 1);
  }

  @Test
  void aSnapshotUnderWayIsNotThawedByALook() {
    fleet.startAgent(sandbox, "");
    String run = SandboxLayout.STATE + "/runs/0.0.0";
    String looks =
        fleet.root(
            sandbox,
            """
            cd %1$s; group=$(sed -n s/^pgid=//p meta)
            exec 6>>freeze.lock; flock 6; touch frozen; kill -STOP -- -$group; sleep 0.2
            %2$s state 0 0 6>&- >/dev/null; sed 's/.*) \\(.\\).*/\\1/' /proc/$group/stat
            exec 6>&-
            %2$s await 0 0 0 0 0 >/dev/null; sleep 0.2; sed 's/.*) \\(.\\).*/\\1/' /proc/$group/stat
            """
                .formatted(run, SandboxLayout.RUN_SCRIPT));
    assertThat(looks).matches("T\\n[SR]\\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAttemptThatLetsGoLeavesTheAgentAtWorkAndNothingElse(boolean copied) {
    fleet.startAgent(sandbox, "");
    TurnCheckpoints checkpoints = fleet.checkpoints(sandbox);
    IllegalStateException letGo = new IllegalStateException("cancelled");
    AtomicInteger beats = new AtomicInteger();
    assertThatThrownBy(
            () ->
                checkpoints.takeIfDue(
                    0,
                    7,
                    () -> {
                      if (beats.getAndIncrement() == 0) {
                        return; // before it begins
                      }
                      if (copied) {
                        Waiting.until("the snapshot is taken", Waiting.LONG, this::snapshotIsTaken);
                      }
                      throw letGo;
                    }))
        .isSameAs(letGo);
    Waiting.until(
        "no snapshot is left",
        Waiting.LONG,
        () ->
            fleet
                .root(sandbox, "ls " + SandboxLayout.STATE)
                .lines()
                .noneMatch(name -> name.startsWith("snapshot.")));
    // A signal may come as the script's own `timeout` begins, and be lost; each look mends that.
    assertThat(fleet.state(sandbox)).startsWith("running i=0");
    assertThat(fleet.agentState(sandbox)).isNotEqualTo("T");
    assertThat(fleet.saved()).isEmpty();
  }

  /** By a script that has ended: its lock is free. Before it has begun that must not be tried. */
  private boolean snapshotIsTaken() {
    return fleet
        .root(
            sandbox,
            "cd "
                + SandboxLayout.STATE
                + "; if test -e snapshot.*/transcript && flock -n runs/0.0.0/freeze.lock true;"
                + " then echo taken; fi")
        .contains("taken");
  }

  @Test
  void noCheckpointIsTakenOfWhatIsNoTranscriptOrHoldsASecret() {
    fleet.startAgent(sandbox, "");
    TurnCheckpoints checkpoints = fleet.checkpoints(sandbox);
    for (String trick :
        List.of(
            "ln -sf /var/lib/repofleet/fence T",
            "ln -sf /etc/passwd T",
            "mkfifo T",
            "mkdir T",
            ": >T",
            "printf '{\"half' >T",
            "truncate -s 600M T",
            "true",
            "echo '{}' >T; echo " + CheckpointFixture.SECRET + " >leak",
            "rm leak; rm -rf ../repo; ln -s / ../repo")) {
      fleet.agent(
          sandbox, "rm -rf T\n".concat(trick).replace("T", "'" + fleet.transcriptPath() + "'"));
      assertThat(checkpoints.takeEnd(0, 7, null, PreparedSandbox::noBeat)).as(trick).isEmpty();
    }
    assertThat(fleet.saved()).isEmpty();
    assertThat(fleet.agentState(sandbox)).isNotEqualTo("T");
  }

  @Test
  void oneIsTakenWhenThereIsNewOutputAndTheTimeHasCome() {
    fleet.startAgent(sandbox, "");
    TurnCheckpoints checkpoints = fleet.checkpoints(sandbox);
    checkpoints.takeIfDue(0, 0, PreparedSandbox::noBeat);
    assertThat(fleet.saved()).as("no output yet").isEmpty();
    Waiting.until(
        "the first one is taken",
        Waiting.LONG,
        () -> {
          checkpoints.takeIfDue(0, 7, PreparedSandbox::noBeat);
          return fleet.saved().size() == 1;
        });
    checkpoints.takeIfDue(0, 9, PreparedSandbox::noBeat);
    assertThat(fleet.saved()).as("not yet time").hasSize(1);
    Waiting.until(
        "one is taken of the new output",
        Waiting.LONG,
        () -> {
          checkpoints.takeIfDue(0, 7, PreparedSandbox::noBeat);
          fleet.checkpoints(sandbox).takeIfDue(0, 7, PreparedSandbox::noBeat);
          checkpoints.takeIfDue(0, 11, PreparedSandbox::noBeat);
          return fleet.saved().size() == 2;
        });
    assertThat(fleet.saved().get(0).checkpoint().offset()).isEqualTo(11);
  }
}
