package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.worker.git.ChangedPaths;
import dev.repofleet.worker.plan.TargetIdentity;
import dev.repofleet.worker.review.FindingIdentity;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a review of changed files alone keeps of the findings in the others. */
class CarriedFindingsTest extends WithBatches {
  private static final String REPOSITORY = TargetIdentity.repository(TARGET);

  @Test
  void anIncrementalReviewCarriesWhatWasFoundInFilesThatDidNotChange() {
    written(
        1,
        FILES,
        finding("same.py", 1, "a", "#1"),
        finding("changed.py", 2, "b", "#1"),
        finding("renamed.py", 3, "c", "#1"));
    RepositoryResult second =
        incremental(
            2,
            1,
            List.of("changed.py", "renamed.py", "moved/renamed.py"),
            finding("new.py", 1, "d", "#1"));

    assertThat(second.coverage().status()).isEqualTo(CoverageStatus.PARTIAL);
    assertThat(second.findings())
        .extracting(found -> found.primary().path())
        .containsExactly("new.py", "same.py");
    assertThat(states(second.findings()))
        .containsExactly(LifecycleState.NEW, LifecycleState.PERSISTING);
    Finding carried = second.findings().get(1);
    assertThat(carried.carriedFrom()).isEqualTo("b1");
    assertThat(carried.id()).isNotEqualTo(second.findings().get(0).id());
    assertThat(carried.primary().snippetHash()).isEqualTo(Sha256.ofText("a"));
    assertThat(carried.lifecycle())
        .as("seen when it was looked at")
        .isEqualTo(
            new Lifecycle(
                LifecycleState.PERSISTING, Instant.ofEpochSecond(1), Instant.ofEpochSecond(1)));
    assertThat(baseline(second).absent())
        .extracting(gone -> gone.primary().path())
        .containsExactly("changed.py", "renamed.py");
    assertThat(states(baseline(second).absent())).containsOnly(LifecycleState.UNKNOWN);

    RepositoryResult third = incremental(3, 2, List.of("new.py"));
    assertThat(third.findings())
        .singleElement()
        .satisfies(
            again -> assertThat(again.carriedFrom()).as("where it was found").isEqualTo("b1"));

    RepositoryResult full =
        written(
            4, FILES, finding("same.py", 1, "a", "#1"), finding("moved/renamed.py", 3, "c", "#1"));
    assertThat(states(full.findings()))
        .as("what was unknown is found, and is not new")
        .containsOnly(LifecycleState.PERSISTING);
    assertThat(full.findings()).allMatch(found -> found.carriedFrom() == null);
    assertThat(states(baseline(full).absent())).contains(LifecycleState.RESOLVED);
  }

  private RepositoryResult incremental(
      int second, int base, List<String> changed, Finding... findings) {
    String list = store.put(ArtifactJson.pretty(new ChangedPaths(changed))).uri();
    Incremental since =
        Incremental.since("c0ffee" + base, "b" + base, "k").compared(changed.size()).listedAt(list);
    return written(report(second, 1, List.of(), since, findings));
  }

  @Test
  void whatAnIncrementalReviewFindsAgainIsNotCarriedBesidesIt() {
    written(1, FILES, finding("same.py", 1, "a", "#1"), finding("same.py", 9, "b", "#2"));
    RepositoryResult second =
        incremental(2, 1, List.of("other.py"), finding("same.py", 9, "b", "#1"));
    assertThat(second.findings())
        .extracting(found -> found.primary().startLine())
        .containsExactly(9, 1);
    assertThat(second.findings()).extracting(Finding::fingerprint).doesNotHaveDuplicates();
    assertThat(second.findings())
        .extracting(Finding::identity)
        .containsExactly(
            inRepository(finding("same.py", 9, "b", "#2")),
            inRepository(finding("same.py", 1, "a", "#1")));
    assertThat(second.findings().get(0).carriedFrom()).isNull();
  }

  private static @Nullable String inRepository(Finding finding) {
    return FindingIdentity.inRepository(REPOSITORY, finding).fingerprint();
  }

  @Test
  void withoutTheListOfChangesOrItsBaseNothingIsCarried() {
    written(1, FILES, finding("same.py", 1, "a", "#1"));
    Incremental unlisted = Incremental.since("c0ffee1", "b1", "k").compared(1);
    assertThat(written(report(2, 1, List.of(), unlisted)).findings()).isEmpty();
    String list = store.put(ArtifactJson.pretty(new ChangedPaths(List.of("x")))).uri();
    for (Incremental lost :
        List.of(
            Incremental.since("c0ffee1", "deleted", "k").compared(1).listedAt(list),
            Incremental.since("another", "b1", "k").compared(1).listedAt(list),
            Incremental.since("c0ffee1", "b1", "k").compared(1).listedAt("artifact:objects/none"),
            unlisted.fallingBack(Incremental.Fallback.TOO_MUCH_CHANGED))) {
      assertThat(written(report(3, 1, List.of(), lost)).findings()).isEmpty();
    }
  }

  @Test
  void whatIsFoundInACopyOfAFileIsNotTheFindingInTheFile() {
    written(1, FILES, finding("a/same.py", 1, "a", "#1"));
    RepositoryResult second =
        incremental(2, 1, List.of("b/same.py"), finding("b/same.py", 1, "a", "#1"));
    assertThat(second.findings())
        .extracting(found -> found.primary().path())
        .containsExactly("b/same.py", "a/same.py");
    assertThat(states(second.findings()))
        .containsExactly(LifecycleState.NEW, LifecycleState.PERSISTING);
  }

  @Test
  void afterTheBaseWasDeletedAFollowUpLosesNothing() {
    written(1, FILES, finding("same.py", 1, "a", "#1"));
    String list = store.put(ArtifactJson.pretty(new ChangedPaths(List.of("new.py")))).uri();
    RepositoryReport report =
        report(
            2,
            1,
            List.of(),
            Incremental.since("c0ffee1", "b1", "k").compared(1).listedAt(list),
            finding("new.py", 1, "b", "#1"));
    RepositoryResult before = written(report);
    assertThat(before.findings()).hasSize(2);
    store.delete(ArtifactUri.of(ArtifactPaths.review("b1", "k")));
    assertThat(written(report)).isEqualTo(before);
  }
}
