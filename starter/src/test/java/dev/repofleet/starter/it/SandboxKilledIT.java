package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.progress.BatchStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sandboxes are deleted while agents work in them: each review goes on in another one from its
 * latest checkpoint, and repeats no call that the checkpoint has.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class SandboxKilledIT {
  private static final int EXTRA_TURNS = 8;
  private static final Duration DELAY = Duration.ofSeconds(3);
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
      assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
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
        Waiting.LONG,
        () ->
            batch.keys().stream()
                .allMatch(
                    key ->
                        calls(ledger, batch, key).size() > answers
                            && latest(batch, key).isPresent()));
  }

  /** Returns how many calls no checkpoint has, and one more whose tool it may have cut short. */
  private int deleteAll(AttackedFleet attacked, StartedBatch batch) {
    for (SandboxInfo sandbox : attacked.fleet().sandboxes()) {
      attacked.fleet().deleteSandbox(sandbox.sandboxId());
    }
    int unsaved = 0;
    for (String key : batch.keys()) {
      unsaved += 1 + calls(attacked.ledger(), batch, key).size() - saved(batch, key);
    }
    return unsaved;
  }

  /** How many answers of the model the latest checkpoint of a review has. */
  private int saved(StartedBatch batch, String key) {
    ArtifactRef transcript = latest(batch, key).orElseThrow().transcript();
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    Set<String> answers = new HashSet<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(store.open(transcript.uri())), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isBlank())
          .map(line -> ArtifactJson.read(line, JsonNode.class, transcript.uri()))
          .filter(event -> event.path("type").asText().equals("assistant"))
          .forEach(event -> answers.add(event.path("message").path("id").asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answers.size();
  }

  private Optional<Checkpoint> latest(StartedBatch batch, String key) {
    Path checkpoints = folder.resolve("artifacts/checkpoints").resolve(batch.batch()).resolve(key);
    if (!Files.isDirectory(checkpoints)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches("\\d+-\\d+\\.json"))
          .map(SandboxKilledIT::read)
          .max(Comparator.comparing(Checkpoint::at));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Checkpoint read(Path manifest) {
    try {
      return ArtifactJson.read(Files.readAllBytes(manifest), Checkpoint.class, manifest.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
