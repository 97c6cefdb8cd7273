package dev.repofleet.starter.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RootCausesTest {
  private final RootCauses causes = new RootCauses();
  private final List<Finding> findings = new ArrayList<>();
  private int repositories;

  private RootCausesTest has(String rule, Severity severity, @Nullable String code) {
    findings.add(finding(rule, severity, code));
    return this;
  }

  private static Finding finding(String rule, Severity severity, @Nullable String code) {
    Location place = Location.lines("src/a.py", 7, 9);
    return new Finding(
        "F1",
        "f0",
        rule,
        null,
        List.of(),
        rule + " " + severity.word(),
        null,
        new Finding.SeverityRating(severity, null),
        new Finding.ConfidenceRating(Confidence.HIGH, null),
        List.of(code == null ? place : place.withSnippetHash(code)),
        null,
        null,
        List.of(),
        Verification.UNVERIFIED);
  }

  /** What was said since the last one is this repository's. */
  private void in(String typed) {
    TargetSpec spec = new TargetParser(path -> false).parse(typed);
    int index = repositories++;
    causes.add(
        RepositoryResult.builder(
                "b",
                TargetRow.git(index, "k" + index, spec, CanonicalTarget.ofUrl(spec.url())),
                RepositoryStatus.COMPLETE)
            .findings(List.copyOf(findings))
            .build());
    findings.clear();
  }

  @Test
  void the_same_lines_in_several_repositories_are_one_cause() {
    has("sql-injection", Severity.HIGH, "c1").in("o/one");
    has("sql-injection", Severity.CRITICAL, "c1").in("o/two");
    has("path-traversal", Severity.HIGH, "c1").in("o/three");

    assertThat(causes.ranked())
        .containsExactly(
            new RootCause(
                RootCause.Kind.SAME_CODE,
                "sql-injection",
                Severity.CRITICAL,
                19.0,
                2,
                2,
                "sql-injection critical",
                List.of(
                    new RootCause.Place(0, "k0", "o/one", "f0", Severity.HIGH, "src/a.py", 7),
                    new RootCause.Place(
                        1, "k1", "o/two", "f0", Severity.CRITICAL, "src/a.py", 7))));
  }

  @Test
  void what_is_left_of_a_rule_is_a_cause_of_its_own() {
    has("weak-hash", Severity.LOW, "c1").has("weak-hash", Severity.HIGH, "own1").in("o/one");
    has("weak-hash", Severity.LOW, "c1").has("weak-hash", Severity.LOW, "own2").in("o/two");
    has("weak-hash", Severity.LOW, null).in("o/three");

    assertThat(causes.ranked())
        .extracting(
            RootCause::kind, RootCause::severity, RootCause::repositories, RootCause::findings)
        .containsExactly(
            tuple(RootCause.Kind.SAME_RULE, Severity.HIGH, 3, 3),
            tuple(RootCause.Kind.SAME_CODE, Severity.LOW, 2, 2));
  }

  @Test
  void severity_times_spread_decides_which_comes_first() {
    for (String repository : List.of("o/one", "o/two", "o/three", "o/four")) {
      has("bad-comment", Severity.INFO, "c1").has("weak-hash", Severity.LOW, "c2");
      if (repository.length() == 5) { // one and two
        has("sql-injection", Severity.HIGH, "c3");
      }
      in(repository);
    }

    assertThat(causes.ranked())
        .extracting(RootCause::ruleId, RootCause::score)
        .containsExactly(
            tuple("sql-injection", 16.0), tuple("weak-hash", 8.0), tuple("bad-comment", 0.0));
  }

  @Test
  void one_repository_shares_nothing_with_itself() {
    has("weak-hash", Severity.LOW, "c1").in("o/one#services/a");
    has("weak-hash", Severity.LOW, "c1").in("o/one#services/b");
    has("weak-hash", Severity.LOW, "c1").in("o/one@v1");
    has("weak-hash", Severity.LOW, "c1").in("https://github.com/O/One.git");

    assertThat(causes.ranked()).isEmpty();
  }

  @Test
  void what_was_decided_on_counts_for_nothing() {
    has("weak-hash", Severity.LOW, "c1").in("o/one");
    findings.add(
        finding("weak-hash", Severity.LOW, "c1")
            .withSuppression(
                new Suppression(Suppression.Kind.FALSE_POSITIVE, "a test", "me", Instant.EPOCH)));
    in("o/two");

    assertThat(causes.ranked()).isEmpty();
  }

  @Test
  void each_repository_is_among_the_places_before_any_is_twice() {
    for (int i = 0; i < 150; i++) {
      has("weak-hash", Severity.LOW, "c1").has("weak-hash", Severity.LOW, "c1").in("o/r" + i);
    }

    RootCause cause = causes.ranked().get(0);
    assertThat(cause.repositories()).isEqualTo(150);
    assertThat(cause.findings()).isEqualTo(300);
    assertThat(cause.places()).hasSize(RootCause.MAX_PLACES);
    assertThat(cause.places()).extracting(RootCause.Place::target).doesNotHaveDuplicates();
  }
}
