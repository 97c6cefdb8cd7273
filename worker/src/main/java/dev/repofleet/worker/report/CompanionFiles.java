package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names what lies beside {@code review.json}. Gzipped files of several turns are put one after the
 * other, which is a gzipped file again.
 */
final class CompanionFiles {
  private final NamedFiles named;

  CompanionFiles(NamedFiles named) {
    this.named = named;
  }

  ReviewArtifacts write(RepositoryReport report) {
    String batch = report.review().batch();
    String key = report.review().key();
    List<TurnOutcome> turns = report.turns();
    // That of a verification is of another session.
    List<String> transcripts =
        uris(
            turns.stream().filter(turn -> turn.prompt() != PromptKind.VERIFY).toList(),
            TurnOutcome::transcriptUri);
    String patch = report.diff() == null ? null : report.diff().patchUri();
    return new ReviewArtifacts(
        null,
        joined(patch == null ? List.of() : List.of(patch), ArtifactPaths.patch(batch, key)),
        null,
        // Each holds the session from its beginning.
        joined(
            transcripts.subList(Math.max(0, transcripts.size() - 1), transcripts.size()),
            ArtifactPaths.transcript(batch, key)),
        joined(uris(turns, TurnOutcome::eventsUri), ArtifactPaths.events(batch, key)),
        joined(uris(turns, TurnOutcome::logUri), ArtifactPaths.log(batch, key)));
  }

  private static List<String> uris(
      List<TurnOutcome> turns, Function<TurnOutcome, @Nullable String> part) {
    return turns.stream().map(part).flatMap(CompanionFiles::present).toList();
  }

  private static Stream<String> present(@Nullable String uri) {
    return Stream.ofNullable(uri).map(Objects::requireNonNull);
  }

  private @Nullable ArtifactRef joined(List<String> uris, String path) {
    if (uris.isEmpty()) {
      return null;
    }
    try (HeldFolder held = HeldFolder.make()) {
      Path temporary = held.path().resolve("joined");
      try (OutputStream out = Files.newOutputStream(temporary)) {
        for (String uri : uris) {
          try (InputStream in = named.store().open(uri)) {
            in.transferTo(out);
          }
        }
      }
      return named.put(path, temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can't be put together", e);
    }
  }
}
