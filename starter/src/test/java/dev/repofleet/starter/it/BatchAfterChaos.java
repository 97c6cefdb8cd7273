package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.progress.BatchTally;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What has to hold of a batch in the end, whatever happened to it. For one thread. */
final class BatchAfterChaos {
  private static final int TOKENS_OF_A_MESSAGE = 100;

  /** Sums of dollars are rounded. */
  private static final double EXACT = 1e-7;

  private final SimulatedFleet fleet;
  private final String batch;
  private final Harm harm;

  BatchAfterChaos(SimulatedFleet fleet, String batch, Harm harm) {
    this.fleet = fleet;
    this.batch = batch;
    this.harm = harm;
  }

  /**
   * What was done to reviews, by their keys.
   *
   * @param cancelled their agents may have been stopped
   * @param lost their agents may have been lost: what those said last is in no usage
   * @param terminated they were ended from outside
   */
  record Harm(Set<String> cancelled, Set<String> lost, Set<String> terminated) {}

  /**
   * Looks at all that the batch has left.
   *
   * @param patience for as long as a sandbox may be left
   * @throws AssertionError when something does not hold
   */
  void assertWhole(Duration patience) {
    BatchOutcome outcome = fleet.awaitOutcome(batch, Waiting.LONG);
    BatchResult result = fleet.result(batch);
    assertThat(result.repositories())
        .extracting(BatchRow::key)
        .containsExactlyElementsOf(
            fleet.records(batch).targets().stream().map(TargetRow::key).toList());
    assertThat(result.repositories())
        .extracting(BatchRow::index)
        .containsExactlyElementsOf(
            IntStream.range(0, result.repositories().size()).boxed().toList());
    result.repositories().forEach(this::assertRow);
    assertTally(outcome.tally(), result);
    Waiting.until("no sandbox is left", patience, () -> fleet.account().sandboxes().isEmpty());
    assertPool();
    Histories histories = Histories.of(fleet.client(), batch, begun(result));
    histories.assertReplay();
    PlantedSecret key = new PlantedSecret("the sandboxes' key", fleet.parts().key());
    histories.assertWithout(List.of(key));
    key.assertAbsentFrom("the workers' output", fleet.parts().logs(fleet.workers().processes()));
    result.repositories().forEach(row -> assertArtifacts(row.key()));
    System.out.printf(
        "%s; %d messages of agents that were stopped are not in the usage%n",
        result.totals(), uncounted(result));
  }

  private List<String> begun(BatchResult result) {
    return result.repositories().stream()
        .filter(row -> !"not_started".equals(row.cause()))
        .map(BatchRow::key)
        .toList();
  }

  /** What a result refers to is there, as it was written. */
  private void assertArtifacts(String key) {
    fleet
        .records(batch)
        .result(key)
        .map(RepositoryResult::files)
        .ifPresent(
            files ->
                Stream.of(
                        files.transcript(),
                        files.patch(),
                        files.sarif(),
                        files.events(),
                        files.log())
                    .filter(Objects::nonNull)
                    .forEach(ref -> assertThat(read(ref)).as(ref.uri()).isTrue()));
  }

  private boolean read(ArtifactRef ref) {
    try (InputStream in = fleet.records(batch).store().open(ref)) {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(ref.uri() + " can't be read", e);
    }
  }

  private void assertRow(BatchRow row) {
    if ("not_started".equals(row.cause())) {
      assertThat(row.status()).isEqualTo(RepositoryStatus.CANCELLED);
      assertThat(row.usage().inputTokens()).isZero();
      return;
    }
    if (harm.terminated().contains(row.key()) && fleet.records(batch).result(row.key()).isEmpty()) {
      assertThat(row.status()).as(row.toString()).isEqualTo(RepositoryStatus.FAILED);
      return;
    }
    RepositoryResult review = fleet.review(batch, row.key());
    assertThat(review.status()).as(row.key()).isEqualTo(row.status());
    assertThat(review.usage()).as(row.key()).isEqualTo(row.usage());
    if (harm.cancelled().contains(row.key()) || harm.terminated().contains(row.key())) {
      assertThat(row.usage().inputTokens()).isLessThanOrEqualTo(said(review));
    } else if (harm.lost().contains(row.key())) {
      assertThat(row.status()).as(row.toString()).isEqualTo(RepositoryStatus.COMPLETE);
      assertThat(row.usage().inputTokens()).isLessThanOrEqualTo(said(review));
    } else {
      assertThat(row.status()).as(row.toString()).isEqualTo(RepositoryStatus.COMPLETE);
      assertThat(row.usage().inputTokens()).as(row.toString()).isEqualTo(said(review));
    }
  }

  /** Tokens that all agents of a repository have used, by their own count. */
  private long said(RepositoryResult review) {
    return IntStream.rangeClosed(0, review.generation())
        .mapToObj(
            generation ->
                SessionId.of(Fleet.reviewWorkflowId(batch, review.key()), generation).toString())
        .mapToLong(session -> (long) TOKENS_OF_A_MESSAGE * fleet.agents().messages(session))
        .sum();
  }

  private long uncounted(BatchResult result) {
    return begun(result).stream()
        .flatMap(key -> fleet.records(batch).result(key).stream())
        .mapToLong(review -> (said(review) - review.usage().inputTokens()) / TOKENS_OF_A_MESSAGE)
        .sum();
  }

  private static void assertTally(BatchTally tally, BatchResult result) {
    Map<String, Integer> counted = new TreeMap<>();
    tally.byStatus().forEach((status, count) -> counted.put(status.name(), count));
    Map<String, Integer> written = new TreeMap<>();
    result.totals().forEach((status, count) -> written.put(status.name(), count));
    written.values().removeIf(count -> count == 0);
    assertThat(counted).isEqualTo(written);
    assertThat(tally.findings().total()).isEqualTo(result.findings().total());
    assertThat(tally.usage().inputTokens()).isEqualTo(result.usage().inputTokens());
    assertThat(tally.usage().outputTokens()).isEqualTo(result.usage().outputTokens());
    assertThat(tally.usage().costUsd()).isCloseTo(result.usage().costUsd(), within(EXACT));
    assertThat(result.repositories().stream().mapToLong(row -> row.usage().inputTokens()).sum())
        .isEqualTo(result.usage().inputTokens());
    assertThat(result.repositories().stream().mapToDouble(BatchRow::costUsd).sum())
        .isCloseTo(result.usage().costUsd(), within(EXACT));
  }

  private void assertPool() {
    SandboxPoolWorkflow pool =
        fleet.client().newWorkflowStub(SandboxPoolWorkflow.class, Fleet.DEFAULT.poolWorkflowId());
    Waiting.until("the pool holds nothing", Waiting.LONG, () -> pool.status().total() == 0);
    assertThat(pool.status().leaked()).isZero();
    try {
      Replay.of(
          fleet.client().fetchHistory(Fleet.DEFAULT.poolWorkflowId()),
          SandboxPoolWorkflowImpl.class);
    } catch (Exception e) {
      throw new AssertionError("the pool decides otherwise in a replay", e);
    }
  }
}
