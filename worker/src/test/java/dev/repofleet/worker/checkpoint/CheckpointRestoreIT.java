package dev.repofleet.worker.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.artifacts.result.Checkpoint.StoredFile;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.SandboxScript;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Work that was saved in one sandbox and is brought back in another. */
class CheckpointRestoreIT extends PreparedSandbox {
  private Checkpoint saved() {
    fleet.checkpoints(sandbox).takeIfDue(0, 7, PreparedSandbox::noBeat);
    assertThat(fleet.saved()).hasSize(1);
    return fleet.saved().get(0).checkpoint();
  }

  private Restored lostAndRestored() {
    sandbox.kill();
    sandbox = fleet.cloned();
    return requireNonNull(fleet.prepare(sandbox).restored(), "restored");
  }

  @Test
  void everyKindOfChangeComesBackInAnotherSandbox() {
    fleet.startAgent(
        sandbox,
        """
        echo changed >>a.py; rm deleted.txt; mv d/moved.txt elsewhere.txt; chmod +x tool.sh
        printf 'a\\r\\nb\\r\\nc' >crlf.txt; head -c 50000 /dev/urandom >'new file.bin'
        printf odd >$'u\\303\\274 "quoted"\\ttab\\nline'; ln -s a.py link; ln -s nowhere dead-link
        mkdir -p sub/deep; : >sub/deep/empty; printf 'one\\r\\nTWO\\r\\n' >x.win
        git -c user.name=a -c user.email=a@a commit -qam mine; git add sub
        """);
    Checkpoint checkpoint = saved();
    assertThat(fleet.agentState(sandbox)).isNotEqualTo("T");
    assertThat(checkpoint.treeHash()).isEqualTo(fleet.treeHash(sandbox));
    assertThat(checkpoint.transcriptLength()).isZero();
    String odd =
        fleet.agent(sandbox, "md5sum $'u\\303\\274 \"quoted\"\\ttab\\nline' 'new file.bin'");

    Restored restored = lostAndRestored();

    assertThat(restored)
        .isEqualTo(
            new Restored(
                fleet.saved().get(0).uri(), 0, 0, false, 0, "review", restored.transcriptLength()));
    assertThat(fleet.treeHash(sandbox)).isEqualTo(checkpoint.treeHash());
    assertThat(fleet.transcript(sandbox)).isEqualTo("{\"n\":1}\n");
    assertThat(fleet.agent(sandbox, "md5sum $'u\\303\\274 \"quoted\"\\ttab\\nline' 'new file.bin'"))
        .isEqualTo(odd);
    assertThat(fleet.agent(sandbox, "readlink link dead-link; test -x tool.sh; cat x.win"))
        .isEqualTo("a.py\nnowhere\none\r\nTWO\r\n");
    assertThat(fleet.agent(sandbox, "git rev-parse HEAD; git diff --cached --name-only").lines())
        .containsExactly(fleet.commit);
    assertThat(fleet.agent(sandbox, "stat -c %U " + fleet.transcriptPath() + "; id -un; ls -A .."))
        .matches("(?s)(\\w+)\\n\\1\\n.*")
        .doesNotContain("restore.patch");
    assertThat(fleet.root(sandbox, "cat " + SandboxLayout.STATE + "/base")).isEqualTo("0 0 1");
    assertThat(fleet.start(sandbox, 0, List.of("true"), "", Map.of())).isEqualTo("exit 64");
    assertThat(fleet.start(sandbox, 1, List.of("true"), "", Map.of())).contains("i=1");
  }

  @Test
  void aDamagedCheckpointIsSkippedForTheOneBefore() throws IOException {
    fleet.startAgent(sandbox, "echo first >>a.py");
    String first =
        fleet.checkpoints(sandbox).takeEnd(0, 7, null, PreparedSandbox::noBeat).orElseThrow();
    for (int offset = 8; offset <= 11; offset++) {
      fleet.agent(sandbox, "echo more >>a.py; echo '{}' >>" + fleet.transcriptPath());
      Optional<String> later =
          fleet.checkpoints(sandbox).takeEnd(0, offset, null, PreparedSandbox::noBeat);
      Checkpoint checkpoint =
          ArtifactJson.read(fleet.store, later.orElseThrow(), Checkpoint.class, 1 << 20);
      damage(later.orElseThrow(), checkpoint, offset);
    }
    Restored restored = lostAndRestored();
    assertThat(restored.checkpointUri()).isEqualTo(first);
    assertThat(restored.ended()).as("an end without its result").isFalse();
    assertThat(fleet.agent(sandbox, "tail -n 1 a.py")).isEqualTo("first\n");
    assertThat(fleet.transcript(sandbox)).isEqualTo("{\"n\":1}\n");
  }

  private void damage(String uri, Checkpoint checkpoint, int which) throws IOException {
    switch (which) {
      case 8 -> Files.writeString(file(uri), "{");
      case 9 -> Files.delete(file(checkpoint.transcript().uri()));
      case 10 -> Files.writeString(file(checkpoint.patch().orElseThrow().uri()), "cut");
      default -> {
        Path object = file(checkpoint.transcript().uri());
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length - 1] = (byte) ~bytes[bytes.length - 1];
        Files.write(object, bytes);
      }
    }
  }

  private Path file(String uri) {
    return folder.resolve("store").resolve(ArtifactUri.path(uri));
  }

  @Test
  void aHostilePatchReachesNothingAndTheCommitIsLeft() {
    fleet.startAgent(sandbox, "echo changed >>a.py");
    Checkpoint good = saved();
    String hook =
        """
        diff --git a/.git/hooks/post-checkout b/.git/hooks/post-checkout
        new file mode 100755
        --- /dev/null
        +++ b/.git/hooks/post-checkout
        @@ -0,0 +1 @@
        +#!/bin/false
        """;
    String link =
        """
        diff --git a/out b/out
        new file mode 120000
        --- /dev/null
        +++ b/out
        @@ -0,0 +1 @@
        +/home/user
        \\ No newline at end of file
        diff --git a/out/planted b/out/planted
        new file mode 100644
        --- /dev/null
        +++ b/out/planted
        @@ -0,0 +1 @@
        +x
        """;
    String outside =
        """
        diff --git a/../planted b/../planted
        new file mode 100644
        --- /dev/null
        +++ b/../planted
        @@ -0,0 +1 @@
        +x
        """;
    fleet.store.putNamed(ArtifactPaths.checkpoint("b", "k", 0, 0, 0, 7), new byte[] {'{'});
    int turn = 1;
    for (String patch : List.of(hook, link, outside)) {
      keep(good, turn++, patch);
    }
    sandbox.kill();
    sandbox = fleet.cloned();

    assertThat(fleet.prepare(sandbox).restored()).isNull();

    assertThat(
            fleet.agent(sandbox, "git status --porcelain; ls -A .. .git/hooks 2>/dev/null || true"))
        .doesNotContain("planted", "post-checkout", "a.py");
    assertThat(sandbox.files().exists(fleet.transcriptPath())).isFalse();
  }

  private void keep(Checkpoint like, int turn, String patch) {
    Checkpoint checkpoint =
        new Checkpoint(
            1,
            0,
            turn,
            0,
            7,
            false,
            like.sessionId(),
            like.commit(),
            like.treeHash(),
            0,
            List.of(
                like.files().get(0),
                StoredFile.of(Checkpoint.PATCH, fleet.store.put(patch.getBytes(UTF_8)))),
            like.at(),
            null);
    fleet.store.putNamed(
        ArtifactPaths.checkpoint("b", "k", 0, turn, 0, 7), ArtifactJson.pretty(checkpoint));
  }

  @Test
  void anAttemptThatWasCutOffIsDoneAgainAndOneThatComesLateChangesNothing() {
    fleet.startAgent(sandbox, "echo changed >>a.py; echo new >new.txt");
    Checkpoint checkpoint = saved();
    sandbox.kill();
    sandbox = fleet.cloned();
    fleet.agent(
        sandbox,
        "echo half >>a.py; rm tool.sh; mkdir x; echo x >x/y; touch .git/index.lock;"
            + " mkdir -p \"$(dirname T)\"; echo '{\"stray\":1}' >T"
                .replace("T", fleet.transcriptPath()));

    Restored restored = fleet.prepare(sandbox).restored();

    assertThat(fleet.treeHash(sandbox)).isEqualTo(checkpoint.treeHash());
    assertThat(fleet.transcript(sandbox)).isEqualTo("{\"n\":1}\n");
    assertThat(fleet.prepare(sandbox).restored()).isEqualTo(restored);
    fleet.start(sandbox, 1, "echo on >>a.py; touch ../ready; sleep 60");

    assertThat(fleet.prepare(sandbox).restored()).isEqualTo(restored);

    assertThat(fleet.agent(sandbox, "tail -n 2 a.py")).isEqualTo("changed\non\n");
    assertThat(fleet.root(sandbox, "cat " + SandboxLayout.STATE + "/base")).isEqualTo("0 0 1");
  }

  @Test
  void oneThatComesLateIsRefusedInTheMiddleOfItsRestoring() {
    fleet.startAgent(sandbox, "echo changed >>a.py");
    saved();
    sandbox.kill();
    sandbox = fleet.cloned();
    Map<String, String> late =
        Map.of(
            "RF_REPO",
            SandboxLayout.REPOSITORY,
            "RF_COMMIT",
            fleet.agent(sandbox, "git rev-parse HEAD").strip(),
            "RF_TRANSCRIPT",
            fleet.transcriptPath(),
            "RF_FILE",
            SandboxLayout.HOME + "/late",
            "RF_ATTEMPT",
            "late");
    assertThat(restoring(late, "commit").exitCode()).isZero();
    fleet.agent(sandbox, "echo '{\"n\":2}' >../late");

    fleet.prepare(sandbox);
    fleet.agent(sandbox, "echo on >>a.py");

    for (String verb : List.of("commit", "apply", "session", "settle")) {
      SandboxScript.Result refused = restoring(late, verb);
      assertThat(refused.exitCode()).as(verb).isEqualTo(41);
      assertThat(refused.stderr()).contains("another attempt has it in hand");
    }
    assertThat(fleet.agent(sandbox, "tail -n 2 a.py")).isEqualTo("changed\non\n");
    assertThat(fleet.transcript(sandbox)).isEqualTo("{\"n\":1}\n");
  }

  @Test
  void whatAnotherAttemptWasJustClosingIsKnownToTheNext() {
    fleet.startAgent(sandbox, "echo changed >>a.py");
    saved();
    Restored restored = lostAndRestored();
    fleet.agent(
        sandbox,
        """
        printf another >../.repofleet-restore
        setsid bash -c '
          exec 9>>../.repofleet-clone; flock 9; touch ../closing
          until grep -qsaP "flock\\x00-w\\x00" /proc/[0-9]*/cmdline; do sleep 0.1; done
          printf "settled another" >../.repofleet-restore' >/dev/null 2>&1 &
        until [ -e ../closing ]; do sleep 0.1; done
        """);

    assertThat(catchThrowableOfType(ActivityFailure.class, () -> fleet.prepare(sandbox)))
        .cause()
        .hasMessageContaining("another attempt has it in hand")
        .asInstanceOf(type(ApplicationFailure.class))
        .extracting(ApplicationFailure::isNonRetryable)
        .isEqualTo(false);

    assertThat(fleet.prepare(sandbox).restored()).isEqualTo(restored);
  }

  private SandboxScript.Result restoring(Map<String, String> variables, String verb) {
    return SandboxScript.run(
        sandbox.withUser(SandboxLayout.AGENT_USER),
        ShippedScript.RESTORE,
        Waiting.LONG,
        variables,
        List.of(verb),
        () -> {});
  }

  @Test
  void whatATurnOfItsNumberHadDoneStaysAndItsPromptIsAsked() {
    TurnOutcome review = fleet.agents.run(fleet.turn(sandbox, 0, PromptKind.REVIEW, null));
    assertThat(review.cause()).as(review.message()).isNull();
    String transcript = fleet.transcript(sandbox);
    sandbox.kill();
    sandbox = fleet.cloned();

    Restored restored =
        requireNonNull(
            fleet
                .prepare(sandbox, AgentKind.REHEARSAL, fleet.store.storeId(), "follow_up@mine")
                .restored());

    assertThat(restored)
        .as("a cut-short turn")
        .isEqualTo(
            new Restored(
                requireNonNull(review.checkpointUri()),
                0,
                0,
                false,
                0,
                "review",
                (long) transcript.getBytes(UTF_8).length));
    assertThat(restored.transcriptBefore("follow_up@mine"))
        .as("whose prompt is not in the session")
        .isEqualTo(restored.transcriptLength());
    assertThat(fleet.transcript(sandbox)).isEqualTo(transcript);
    assertThat(fleet.root(sandbox, "cat " + SandboxLayout.STATE + "/base")).isEqualTo("0 0 1");
  }

  /** Lets the agent do that with its transcript {@code name} when it has done its work. */
  private void atItsEnd(String python) {
    fleet.agent(
        sandbox,
        """
        mv %1$s %1$s.whole
        cat >%1$s <<'END'
        import atexit, glob, os, runpy
        def end():
            for name in glob.glob(os.environ["HOME"] + "/.claude/projects/*/*.jsonl"):
                %2$s
        atexit.register(end)
        runpy.run_path(__file__ + ".whole", run_name="__main__")
        END
        """
            .formatted(SandboxLayout.REHEARSAL_AGENT, python));
  }

  @Test
  void aTranscriptThatIsALinkIsNeitherBroughtInNorSaved() {
    atItsEnd("os.rename(name, name + '.mine'); os.symlink(name + '.mine', name)");
    TurnOutcome review = fleet.agents.run(fleet.turn(sandbox, 0, PromptKind.REVIEW, null));
    assertThat(review.cause()).as(review.message()).isNull();
    assertThat(fleet.transcript(sandbox)).contains("user");
    assertThat(review.transcriptUri()).isNull();
    assertThat(review.checkpointUri()).isNull();
    assertThat(fleet.saved()).isEmpty();
  }

  /** What the next agent puts behind it would be lost with it. */
  @Test
  void aLineThatWasCutOffIsNotInTheCheckpointOfATurnThatEnded() {
    atItsEnd("open(name, 'a').write('CUT')");
    TurnOutcome review = fleet.agents.run(fleet.turn(sandbox, 0, PromptKind.REVIEW, null));
    assertThat(review.cause()).as(review.message()).isNull();
    String transcript = fleet.transcript(sandbox);
    assertThat(transcript).endsWith("\nCUT");

    lostAndRestored();

    assertThat(fleet.transcript(sandbox) + "CUT").isEqualTo(transcript);
  }

  @Test
  void anotherStoreIsNotPreparedFrom() {
    Exception failure =
        catchThrowableOfType(
            Exception.class, () -> fleet.prepare(sandbox, AgentKind.REHEARSAL, "another"));
    assertThat(failure).hasStackTraceContaining("store_mismatch");
  }

  @Test
  void aTurnThatHadEndedHoldsInARebuiltSandboxAndTheNextGoesOnThere() {
    TurnOutcome review = fleet.agents.run(fleet.turn(sandbox, 0, PromptKind.REVIEW, null));
    assertThat(review.cause()).as(review.message()).isNull();
    String transcript = fleet.transcript(sandbox);
    assertThat(fleet.saved().get(0).checkpoint().transcript().uri())
        .as("what was brought in of the turn")
        .isEqualTo(review.transcriptUri());

    Restored restored = lostAndRestored();

    assertThat(restored.checkpointUri()).isEqualTo(review.checkpointUri());
    assertThat(restored.ended()).isTrue();
    assertThat(fleet.transcript(sandbox)).isEqualTo(transcript);
    assertThat(fleet.root(sandbox, "cat " + SandboxLayout.STATE + "/base")).isEqualTo("0 1 0");
    TurnBasis basis = new TurnBasis(0, 0, null, true);
    TurnInput again = fleet.turn(sandbox, 0, PromptKind.REVIEW, basis);
    assertThat(fleet.agents.run(again)).isEqualTo(review);
    assertThat(fleet.root(sandbox, "ls " + SandboxLayout.STATE + "/runs")).isEmpty();

    TurnOutcome fix = fleet.agents.run(fleet.turn(sandbox, 1, PromptKind.FOLLOW_UP, basis));

    assertThat(fix.cause()).as(fix.message()).isNull();
    assertThat(fleet.agent(sandbox, "cat a.py")).contains("safe_load");
    assertThat(lostAndRestored().turn()).isEqualTo(1);
    assertThat(fleet.agent(sandbox, "cat a.py")).contains("safe_load");
  }
}
