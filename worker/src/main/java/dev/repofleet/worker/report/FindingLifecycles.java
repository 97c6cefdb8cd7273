package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactTooLongException;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.FindingMatch;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.result.Baseline;
import dev.repofleet.artifacts.result.CachedResult;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.worker.plan.PlanName;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.plan.TargetIdentity;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says of each finding whether it is new, by the last complete result of the same repository,
 * branch, subpath and plan; prompt and model may have changed. That result knows of those before
 * it, so that one pointer is all there is to keep. Thread-safe.
 */
final class FindingLifecycles {
  private static final Logger log = LoggerFactory.getLogger(FindingLifecycles.class);

  private static final long MAX_ENTRY = 1 << 20;

  /** What was resolved long ago is forgotten first. */
  private static final int MAX_ABSENT = 10_000;

  /** Each is read whole. */
  private static final int MAX_NEWER = 20;

  private static final Set<RepositoryStatus> REVIEWED =
      EnumSet.of(
          RepositoryStatus.COMPLETE, RepositoryStatus.PARTIAL, RepositoryStatus.SKIPPED_UNCHANGED);

  private final ArtifactStore store;
  private final PlanSource plans;

  FindingLifecycles(ArtifactStore store) {
    this.store = store;
    this.plans = new PlanSource(store);
  }

  /**
   * The result with its findings compared; one that is no review is left as it is.
   *
   * @param document the judged answer; absent where there is none of this review
   */
  RepositoryResult compared(
      RepositoryResult result, RepositoryReport report, @Nullable ReviewDocument document) {
    if (!REVIEWED.contains(result.status())) {
      return result;
    }
    Optional<RepositoryResult> written = review(result.batch(), result.key());
    Baseline own = written.map(RepositoryResult::baseline).orElse(null);
    if (own != null && comparedWith(own).isEmpty()) {
      return asWritten(result, written.get(), own);
    }
    return baseline(result, report, written, own)
        .map(before -> compared(result, before, resolves(result, report, document)))
        .orElseGet(() -> result.withFindings(firstOnes(result), null));
  }

  /** What this was compared with is deleted: what was said then is all that is known. */
  private static RepositoryResult asWritten(
      RepositoryResult result, RepositoryResult written, Baseline own) {
    FindingMatch match = FindingMatch.of(written.findings(), result.findings());
    Instant now = result.startedAt();
    List<Finding> findings =
        result.findings().stream()
            .map(
                finding ->
                    match
                        .earlier(finding)
                        .map(
                            same ->
                                finding.withLifecycle(same.lifecycle()).knownBy(same.identity()))
                        .orElseGet(
                            () ->
                                finding.withLifecycle(new Lifecycle(LifecycleState.NEW, now, now))))
            .toList();
    return result.withFindings(findings, own);
  }

  private static List<Finding> firstOnes(RepositoryResult result) {
    Instant now = result.startedAt();
    return result.findings().stream()
        .map(
            finding ->
                finding.carriedFrom() == null
                    ? finding.withLifecycle(new Lifecycle(LifecycleState.NEW, now, now))
                    : carried(finding, null))
        .toList();
  }

  /** Nobody saw it again, and nobody changed its file. */
  private static Finding carried(Finding finding, @Nullable Finding earlier) {
    Lifecycle was = finding.lifecycle();
    Lifecycle known = earlier == null ? null : earlier.lifecycle();
    boolean back = known != null && known.state() == LifecycleState.RESOLVED;
    return finding.withLifecycle(
        new Lifecycle(
            back ? LifecycleState.REOPENED : LifecycleState.PERSISTING,
            known == null ? was == null ? null : was.firstSeen() : known.firstSeen(),
            was == null ? null : was.lastSeen()));
  }

  /**
   * Of which earlier findings it can say that they are gone. Where nothing was run nobody has
   * looked for what was unknown: what was refused then is not known here.
   */
  private Predicate<Finding> resolves(
      RepositoryResult result, RepositoryReport report, @Nullable ReviewDocument document) {
    LookedAt looked = looked(result, report, document);
    return report.unchanged() == null ? looked::at : gone -> !gone.isUnknown() && looked.at(gone);
  }

  private LookedAt looked(
      RepositoryResult result, RepositoryReport report, @Nullable ReviewDocument document) {
    if (result.coverage().status() != CoverageStatus.COMPLETE) {
      return LookedAt.nothing();
    }
    try {
      return LookedAt.all(
          plans.read(report.review().plan()).rules(),
          result.findings(),
          document == null ? List.of() : document.refused());
    } catch (ApplicationFailure e) {
      log.info("Nothing is resolved where the plan's rules are not known: {}", e.getMessage());
      return LookedAt.nothing();
    }
  }

  private static RepositoryResult compared(
      RepositoryResult result, RepositoryResult before, Predicate<Finding> resolves) {
    List<Finding> known = new ArrayList<>(before.findings());
    Baseline earlier = before.baseline();
    if (earlier != null) {
      known.addAll(earlier.absent());
    }
    FindingMatch match = FindingMatch.of(known, result.findings());
    KnownIdentities identities = new KnownIdentities(known);
    List<Finding> findings =
        result.findings().stream()
            .map(
                finding -> {
                  Finding same = match.earlier(finding).orElse(null);
                  Finding named = identities.named(finding, same);
                  return finding.carriedFrom() == null
                      ? named.withLifecycle(seen(same, before, result.startedAt()))
                      : carried(named, same);
                })
            .toList();
    List<Finding> absent =
        match.gone().stream()
            .limit(MAX_ABSENT)
            .map(
                gone ->
                    gone.withLifecycle(
                        absent(gone, before, resolves.test(gone), result.startedAt())))
            .map(gone -> gone.withPrimary(gone.primary().withoutExcerpt()).withSuppression(null))
            .toList();
    return result.withFindings(
        findings,
        new Baseline(
            before.batch(),
            before.key(),
            before.repository().commit(),
            before.startedAt(),
            before.endedAt(),
            absent));
  }

  private static Lifecycle seen(
      @Nullable Finding earlier, RepositoryResult before, @Nullable Instant now) {
    if (earlier == null) {
      return new Lifecycle(LifecycleState.NEW, now, now);
    }
    Lifecycle was = earlier.lifecycle();
    boolean back = was != null && was.state() == LifecycleState.RESOLVED;
    return new Lifecycle(
        back ? LifecycleState.REOPENED : LifecycleState.PERSISTING,
        was == null ? before.startedAt() : was.firstSeen(),
        now);
  }

  private static Lifecycle absent(
      Finding gone, RepositoryResult before, boolean looked, @Nullable Instant now) {
    Lifecycle was = gone.lifecycle();
    if (was != null && was.state() == LifecycleState.RESOLVED) {
      return was;
    }
    return new Lifecycle(
        looked ? LifecycleState.RESOLVED : LifecycleState.UNKNOWN,
        was == null ? before.startedAt() : was.firstSeen(),
        was == null ? before.startedAt() : was.lastSeen(),
        looked ? now : null);
  }

  /**
   * The result before. What an earlier attempt at this one, or this review before a follow-up, was
   * compared with stays it.
   */
  private Optional<RepositoryResult> baseline(
      RepositoryResult result,
      RepositoryReport report,
      Optional<RepositoryResult> written,
      @Nullable Baseline own) {
    if (own != null) {
      return comparedWith(own);
    }
    if (report.review().followUpUri() != null && written.isPresent()) {
      return Optional.empty();
    }
    return pointer(key(report))
        .or(() -> pointer(keyOfBefore(report)))
        .filter(entry -> !isOf(result, entry.batch(), entry.repository()))
        .flatMap(entry -> review(entry.batch(), entry.repository()))
        .filter(last -> last.status() == RepositoryStatus.COMPLETE)
        .flatMap(last -> before(result, last));
  }

  /**
   * The last one; where that is newer, as behind a review that waited for a person, the one that it
   * was compared with, and so on. Where that is gone, the newer one knows more than nobody.
   */
  private Optional<RepositoryResult> before(RepositoryResult result, RepositoryResult last) {
    RepositoryResult before = last;
    for (int steps = 0; before.isNewerThan(result) && steps < MAX_NEWER; steps++) {
      Baseline own = before.baseline();
      if (own == null || isOf(result, own.batch(), own.key())) {
        return Optional.empty();
      }
      Optional<RepositoryResult> earlier = comparedWith(own);
      if (earlier.isEmpty()) {
        break;
      }
      before = earlier.get();
    }
    return Optional.of(before);
  }

  /** An earlier attempt at it, or an earlier generation of it. */
  private static boolean isOf(RepositoryResult result, String batch, String key) {
    return result.batch().equals(batch) && result.key().equals(key);
  }

  /** Makes a complete result the one that the next is compared with. */
  void keep(RepositoryResult result, RepositoryReport report, ArtifactRef written) {
    String key = key(report);
    // A follow-up after the end reviews nothing newer.
    if (result.status() == RepositoryStatus.COMPLETE
        && report.review().followUpUri() == null
        && pointer(key).filter(kept -> kept.isNewerThan(result)).isEmpty()) {
      store.putNamed(
          ArtifactPaths.known(key), ArtifactJson.pretty(CachedResult.of(key, result, written)));
    }
  }

  private String key(RepositoryReport report) {
    return key(report, TargetIdentity.repository(report.review().target()));
  }

  /** Of a URL as it was typed, by which results were kept before letter case ceased to count. */
  private String keyOfBefore(RepositoryReport report) {
    Target target = report.review().target();
    String typed = target.url() == null ? null : target.repository();
    return typed == null ? key(report) : key(report, typed);
  }

  private String key(RepositoryReport report, String repository) {
    ReviewInput review = report.review();
    return Sha256.ofText(
        ArtifactJson.canonical(
            Arrays.asList(
                repository,
                review.target().ref(),
                review.target().subpath(),
                PlanName.ofRow(store, plans, review.batch(), review.plan()),
                review.agent().code())));
  }

  /** As it was then: it may have been reviewed anew since. */
  private Optional<RepositoryResult> comparedWith(Baseline own) {
    return review(own.batch(), own.key())
        .filter(before -> before.status() == RepositoryStatus.COMPLETE)
        .filter(before -> Objects.equals(before.repository().commit(), own.commit()))
        .filter(before -> Objects.equals(before.startedAt(), own.startedAt()));
  }

  private Optional<CachedResult> pointer(String key) {
    return read(ArtifactPaths.known(key), CachedResult.class, MAX_ENTRY);
  }

  private Optional<RepositoryResult> review(String batch, String key) {
    return read(
        ArtifactPaths.review(batch, key), RepositoryResult.class, RepositoryResult.MAX_BYTES);
  }

  /** A comparison is worth no failed review: what is damaged is passed over. */
  private <T> Optional<T> read(String path, Class<T> type, long limit) {
    String uri = ArtifactUri.of(path);
    try {
      return store.readIfPresent(uri, limit).map(json -> ArtifactJson.read(json, type, uri));
    } catch (ArtifactTooLongException
        | ArtifactNotFoundException
        | ArtifactCorruptException
        | IllegalArgumentException e) {
      log.info("There is nothing to compare with: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
