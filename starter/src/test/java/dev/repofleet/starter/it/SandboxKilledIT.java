package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.batch.BatchStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sandboxes are deleted while agents work in them: each review goes on in another one from its
 * latest checkpoint, and repeats no call that the checkpoint has.
 */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class SandboxKilledIT {
  private static final int EXTRA_TURNS = 8;
  private static final Duration DELAY = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final StartedBatch.Start OFTEN =
      new StartedBatch.Start("security", AttackedFleet.HEARTBEAT, Duration.ofSeconds(2));

  @TempDir Path folder = Path.of("");

  @Test
  void a_review_goes_on_in_another_sandbox_and_repeats_no_more_than_was_not_saved() {
    Attack attack = Attack.begin("SandboxKilledIT");
    List<String> names = Attack.names(attack.ofLong(6, 2));
    try (AttackedFleet attacked =
        new AttackedFleet(
            new AttackedFleet.Setup("SandboxKilledIT", folder, names, 2, EXTRA_TURNS))) {
      Undisturbed calm = attacked.undisturbed();
      StartedBatch batch = attacked.begin("lost", DELAY, names, OFTEN);
      int allowed = 0;
      for (int round = 0; round < attack.ofLong(4, 1); round++) {
        awaitCheckpoints(batch, attacked.ledger(), 3 + round);
        attack.pause(Duration.ofSeconds(2));
        allowed += deleteAll(attacked, batch);
      }
      assertThat(batch.awaitOutcome(AttackedFleet.END).status()).isEqualTo(BatchStatus.COMPLETE);
      calm.assertSameFindings(batch);
      int undisturbed = names.size() * attacked.calls();
      int calls =
          batch.keys().stream().mapToInt(key -> calls(attacked.ledger(), batch, key).size()).sum();
      System.out.printf(
          "%d calls, %d undisturbed; not saved when sandboxes were deleted: %d%n",
          calls, undisturbed, allowed);
      assertThat(calls).isBetween(undisturbed, undisturbed + allowed);
      Undisturbed.assertClean(attacked, batch);
    }
  }

  private static List<Ledger.Call> calls(Ledger ledger, StartedBatch batch, String key) {
    return ledger.calls(SessionId.of(batch.reviewId(key), 0).toString());
  }

  private void awaitCheckpoints(StartedBatch batch, Ledger ledger, int answers) {
    Waiting.until(
        "each session has " + answers + " answers and a checkpoint",
        SOON,
        () ->
            batch.keys().stream()
                .allMatch(
                    key ->
                        calls(ledger, batch, key).size() > answers
                            && lastCheckpoint(batch, key).isAfter(Instant.EPOCH)));
  }

  /** Returns how many calls no checkpoint has, the one in flight at the checkpoint included. */
  private int deleteAll(AttackedFleet attacked, StartedBatch batch) {
    for (SandboxInfo sandbox : attacked.fleet().sandboxes()) {
      attacked.fleet().deleteSandbox(sandbox.sandboxId());
    }
    int unsaved = 0;
    for (String key : batch.keys()) {
      Instant saved = lastCheckpoint(batch, key);
      unsaved +=
          1
              + (int)
                  calls(attacked.ledger(), batch, key).stream()
                      .filter(call -> call.at().isAfter(saved))
                      .count();
    }
    return unsaved;
  }

  /** When the latest of a review was made; the epoch when there is none. */
  private Instant lastCheckpoint(StartedBatch batch, String key) {
    Path checkpoints = folder.resolve("artifacts/checkpoints").resolve(batch.batch()).resolve(key);
    if (!Files.isDirectory(checkpoints)) {
      return Instant.EPOCH;
    }
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches("\\d+-\\d+\\.json"))
          .map(SandboxKilledIT::at)
          .max(Instant::compareTo)
          .orElse(Instant.EPOCH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant at(Path manifest) {
    try {
      JsonNode json = ArtifactJson.read(Files.readAllBytes(manifest), JsonNode.class, "manifest");
      return Instant.parse(json.path("at").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
