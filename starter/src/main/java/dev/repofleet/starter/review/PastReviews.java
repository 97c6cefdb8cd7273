package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.StoredBatch;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.IncrementalInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.TurnPurpose;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.estimate.PastReview;
import dev.repofleet.starter.estimate.PastReview.Place;
import dev.repofleet.starter.estimate.PastReview.PlanMark;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What reviews in a store tell of the next ones: those of the latest batches that have ended and
 * tell anything, of each some, evenly spread, and all of the targets that are asked for. For one
 * thread.
 */
final class PastReviews {
  private static final int MAX_TELLING = 30;
  private static final int MAX_LOOKED_AT = 300;
  private static final int MAX_OF_A_BATCH = 200;

  /** Half a minute of a store on a network, one after the other. */
  private static final int MAX_RESULTS = 20_000;

  private static final Set<RepositoryStatus> TELLING =
      Set.of(RepositoryStatus.COMPLETE, RepositoryStatus.PARTIAL, RepositoryStatus.UNSTRUCTURED);

  private static final Set<String> LIMITS =
      Set.of(
          Cause.BUDGET_EXHAUSTED.code(), Cause.TURNS_EXHAUSTED.code(), Cause.AGENT_TIMEOUT.code());

  /** What a review does not do at work: it waits, for a permit and for a person. */
  private static final Set<String> WAITING = Set.of(Stage.LEASE.code(), Stage.APPROVAL.code());

  private final AgentKind agent;
  private final Set<String> wanted;
  private final List<PastReview> reviews = new ArrayList<>();
  private final Map<String, Integer> files = new HashMap<>();
  private int unreadable;
  private int results;

  private PastReviews(AgentKind agent, Set<String> wanted) {
    this.agent = agent;
    this.wanted = wanted;
  }

  /**
   * Reads them; blocks.
   *
   * @param agent whose costs count; a rehearsal's never do
   * @param wanted keys of the targets that are asked for
   * @throws dev.repofleet.artifacts.ArtifactException when the store fails
   */
  static PastReviews read(ArtifactStore store, AgentKind agent, Set<String> wanted) {
    PastReviews past = new PastReviews(agent, wanted);
    List<StoredBatch> batches =
        StoredBatch.all(store).values().stream()
            .filter(batch -> batch.endedAt() != null && !batch.deleting())
            .sorted(Comparator.comparing(PastReviews::endedAt).reversed())
            .limit(MAX_LOOKED_AT)
            .toList();
    int telling = 0;
    for (StoredBatch batch : batches) {
      int before = past.reviews.size();
      past.read(store, batch.batch());
      telling += past.reviews.size() > before ? 1 : 0;
      if (telling == MAX_TELLING || past.results >= MAX_RESULTS) {
        break;
      }
    }
    return past;
  }

  private static Instant endedAt(StoredBatch batch) {
    Instant ended = batch.endedAt();
    return ended == null ? Instant.MIN : ended;
  }

  /** Reviews of the agent, those of the latest batch first. */
  List<PastReview> reviews() {
    return List.copyOf(reviews);
  }

  /** How many results were looked at. */
  int results() {
    return results;
  }

  /** How many results could not be read. */
  int unreadable() {
    return unreadable;
  }

  /** Where a row lies, with the files that the latest review has counted there. */
  Place place(TargetRow row) {
    Place place = placeOf(row);
    Integer counted = files.get(row.key());
    String repository = place.repository();
    return place.withFiles(counted == null && repository != null ? files.get(repository) : counted);
  }

  private void read(ArtifactStore store, String batch) {
    BatchRecords records = new BatchRecords(store, batch);
    try {
      if (tellsNothing(records)) {
        return;
      }
      byte[] json = store.read(ArtifactUri.of(ArtifactPaths.plan(batch)), Plan.MAX_BYTES);
      Plan plan = ArtifactJson.read(json, Plan.class, "the plan of batch " + batch);
      PlanMark mark = new PlanMark(Sha256.of(json), plan.name());
      List<TargetRow> targets = records.targets();
      Set<String> keys = new LinkedHashSet<>(wanted);
      long spread = Math.min(targets.size(), MAX_OF_A_BATCH);
      for (long i = 0; i < spread; i++) {
        keys.add(targets.get((int) (i * targets.size() / spread)).key());
      }
      keys.retainAll(Set.copyOf(store.folders(ArtifactPaths.reviewsFolder(batch))));
      for (String key : keys) {
        result(records, key)
            .filter(PastReviews::endedByItsPlan)
            .ifPresent(result -> add(result, targets.get(result.index()), plan, mark));
      }
    } catch (ArtifactNotFoundException
        | ArtifactCorruptException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      // A batch that is being deleted, or of a program that wrote otherwise.
      unreadable++;
    }
  }

  /** As an hour in which nothing has changed: a thousand results, and none that cost anything. */
  private static boolean tellsNothing(BatchRecords records) {
    return records
        .totals()
        .filter(totals -> TELLING.stream().allMatch(it -> totals.getOrDefault(it, 0) == 0))
        .isPresent();
  }

  /** What its plan's limits ended, they would end once more, at that cost. */
  private static boolean endedByItsPlan(RepositoryResult result) {
    return switch (result.status()) {
      case COMPLETE -> true;
      case PARTIAL, UNSTRUCTURED -> LIMITS.contains(String.valueOf(result.cause()));
      default -> false;
    };
  }

  private Optional<RepositoryResult> result(BatchRecords records, String key) {
    results++;
    try {
      return records.result(key);
    } catch (ArtifactCorruptException | IllegalArgumentException e) {
      unreadable++;
      return Optional.empty();
    }
  }

  private void add(RepositoryResult result, TargetRow row, Plan plan, PlanMark ofBatch) {
    Place place = placeOf(row);
    Integer counted = result.coverage().filesTotal();
    if (counted != null) {
      files.putIfAbsent(place.key(), counted);
      if (place.repository() != null) {
        files.putIfAbsent(place.repository(), counted);
      }
    }
    Instant ended = result.endedAt();
    if (ended != null && tellsOfTheNext(result, plan)) {
      TargetPlan own = row.plan();
      PlanMark mark = own == null ? ofBatch : new PlanMark(own.sha256(), own.name());
      reviews.add(
          new PastReview(
              place.withFiles(counted),
              mark,
              result.usage().costUsd(),
              atWork(result),
              ended,
              ofChangesOnly(result)));
    }
  }

  /** What a retry or a person's own prompt has added would not be spent again. */
  private boolean tellsOfTheNext(RepositoryResult result, Plan plan) {
    AgentInfo by = result.agent();
    long followUps =
        result.turns().stream().filter(turn -> turn.purpose() == TurnPurpose.FOLLOW_UP).count();
    return !result.rehearsal()
        && agent.usesModel()
        && by != null
        && by.kind().equals(agent.code())
        && result.generation() == 0
        && result.usage().costSource() != CostSource.UNKNOWN
        && followUps <= plan.followUps().size();
  }

  private static boolean ofChangesOnly(RepositoryResult result) {
    IncrementalInfo incremental = result.incremental();
    return incremental != null && incremental.fallback() == null;
  }

  private static Duration atWork(RepositoryResult result) {
    return result.durations().entrySet().stream()
        .filter(step -> !WAITING.contains(step.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Place placeOf(TargetRow row) {
    return new Place(
        row.key(), repository(row), null, row.bundle() == null ? null : row.bundle().size());
  }

  private static @Nullable String repository(TargetRow row) {
    String url = row.url();
    return url == null
        ? null
        : CanonicalTarget.ofUrl(url).canonical()
            + (row.subpath() == null ? "" : "#" + row.subpath());
  }
}
