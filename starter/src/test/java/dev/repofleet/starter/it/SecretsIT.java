package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.batch.BatchOutcome;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that prints, writes and reports the model's key in every spelling: it is in no history,
 * heartbeat, log, metric, argument or result. Two exceptions: transcripts stay as they are, since
 * sessions go on from them, but only their owner reads them; and a patch with a key is withheld.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class SecretsIT {
  private static final PlantedSecret GIT =
      new PlantedSecret("the Git token", "ghp-planted+token/9\"b\\c&d=5");
  private static final Duration DELAY = Duration.ofMillis(300);

  @TempDir Path folder = Path.of("");

  @Test
  void what_an_agent_gives_away_goes_nowhere() throws IOException {
    List<String> names = List.of("amber", "birch");
    try (AttackedFleet attacked =
        new AttackedFleet(
            new AttackedFleet.Setup("SecretsIT", folder, names, 2, 0),
            new LeakingScenario(new ReviewScenario(ReviewOptions.DEFAULTS)),
            Map.of("GITHUB_TOKEN", GIT.value()))) {
      List<PlantedSecret> secrets =
          List.of(
              PlantedSecret.MODEL_KEY,
              GIT,
              new PlantedSecret("the sandboxes' key", attacked.fleet().key()));
      StartedBatch batch = attacked.begin("leaking", DELAY);
      StringBuilder seen = new StringBuilder();
      BatchOutcome outcome = watch(attacked, batch, seen);
      System.out.println("The leaking batch: " + outcome);
      String samples = seen.toString();
      secrets.forEach(
          secret -> secret.assertAbsentFrom("arguments, heartbeats and metrics", samples));
      batch.histories().assertWithout(secrets);
      String logs = attacked.fleet().logs(attacked.workers().processes());
      secrets.forEach(secret -> secret.assertAbsentFrom("the workers' output", logs));
      Results results = batch.results();
      theAgentHadTheKey(results);
      thePatchesAreWithheld(results);
      List<String> found = new ArrayList<>();
      inOutFolder(secrets, found);
      inStore(secrets, raw(), found);
      assertThat(found).as("files with a secret").isEmpty();
      onlyTheOwnerReads(folder.resolve("artifacts"));
      Undisturbed.assertClean(attacked, batch);
    }
  }

  /** Samples all that others see, to the end of the batch. */
  private static BatchOutcome watch(
      AttackedFleet attacked, StartedBatch batch, StringBuilder seen) {
    Set<String> arguments = new HashSet<>();
    List<URI> metrics =
        attacked.workers().alive().stream()
            .map(worker -> attacked.fleet().polling(worker.process()).metrics())
            .toList();
    Waiting.until(
        "the batch ends",
        Waiting.LONG,
        () -> {
          arguments.addAll(AgentProcesses.all().values());
          for (String key : batch.keys()) {
            batch.pendingIfBegun(key).stream().map(SecretsIT::shown).forEach(seen::append);
          }
          return batch.hasEnded();
        });
    arguments.forEach(seen::append);
    metrics.forEach(uri -> seen.append(SeparateFleet.get(uri)));
    return batch.awaitOutcome(Waiting.LONG);
  }

  private static String shown(PendingActivityInfo activity) {
    StringBuilder shown = new StringBuilder(activity.toString());
    activity
        .getHeartbeatDetails()
        .getPayloadsList()
        .forEach(payload -> shown.append(payload.getData().toStringUtf8()));
    return shown.toString();
  }

  /** Else this test would prove nothing. */
  private static void theAgentHadTheKey(Results results) throws IOException {
    for (JsonNode row : results.rows()) {
      String transcript = Files.readString(results.file(row, "transcript"));
      String json = PlantedSecret.MODEL_KEY.value().replace("\\", "\\\\").replace("\"", "\\\"");
      assertThat(transcript).contains(json);
    }
  }

  private static void thePatchesAreWithheld(Results results) {
    for (JsonNode row : results.rows()) {
      assertThat(row.path("files").hasNonNull("patch")).as("a patch of %s", row).isFalse();
      assertThat(results.review(row).toString()).contains("the patch contains a key");
    }
  }

  private void inOutFolder(List<PlantedSecret> secrets, List<String> found) throws IOException {
    eachFile(
        folder.resolve("out-leaking"),
        (file, text) -> {
          if (!file.endsWith("transcript.jsonl")) {
            look(file, text, secrets, found);
          }
        });
  }

  /** Ends of the names of what is kept raw: transcripts, and the files of checkpoints. */
  private Set<String> raw() throws IOException {
    Set<String> raw = new HashSet<>(Set.of("/transcript.jsonl.gz"));
    eachFile(
        folder.resolve("artifacts/checkpoints"),
        (file, text) -> {
          JsonNode json = ArtifactJson.read(text, JsonNode.class, file);
          json.path("files").forEach(part -> raw.add(part.path("sha256").asText()));
          json.findValuesAsText("transcriptUri").forEach(uri -> raw.add(digest(uri)));
        });
    return raw;
  }

  private static String digest(String uri) {
    return uri.substring(uri.lastIndexOf('/') + 1);
  }

  private void inStore(List<PlantedSecret> secrets, Set<String> raw, List<String> found)
      throws IOException {
    eachFile(
        folder.resolve("artifacts"),
        (file, text) -> {
          if (raw.stream().noneMatch(file::endsWith)) {
            look(file, text, secrets, found);
          }
        });
  }

  private static void look(
      String file, String text, List<PlantedSecret> secrets, List<String> found) {
    for (PlantedSecret secret : secrets) {
      if (secret.isIn(text)) {
        found.add(secret.name() + " in " + file + ": " + secret.around(text));
      }
    }
  }

  private static void eachFile(Path folder, BiConsumer<String, String> look) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        look.accept(file.toString(), text(file));
      }
    }
  }

  private static String text(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      boolean gzip = bytes.length > 2 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b;
      return gzip
          ? new String(
              new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(),
              StandardCharsets.UTF_8)
          : new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void onlyTheOwnerReads(Path store) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
        .isEqualTo("rwx------");
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
    try (Stream<Path> files = Files.walk(store)) {
      assertThat(files.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(owner).containsAll(Files.getPosixFilePermissions(file)));
    }
  }
}
