package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.testing.Inputs;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBoundsTest {
  private static void refused(ThrowingCallable making, String... words) {
    assertThatThrownBy(making)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void aTargetHasAUrlOrABundleWithItsCommitOrACauseWithItsProblem() {
    Cause cause = Cause.REPOSITORY_EMPTY;
    refused(
        () -> new Target("a", null, null, null, null, null, null, null, null, null),
        "target a",
        "has 0");
    refused(
        () -> new Target("a", "https://h/a", null, null, "c", "store:b", null, null, null, null),
        "has 2");
    refused(
        () -> new Target("a", "https://h/a", null, null, null, null, cause, "p", null, null),
        "has 2");
    refused(
        () -> new Target("a", null, null, null, "c", "store:b", cause, "p", null, null), "has 2");
    refused(
        () -> new Target("a", null, null, null, null, "store:b", null, null, null, null),
        "without its commit");
    refused(
        () -> new Target("a", null, null, null, null, null, cause, null, null, null), "or neither");
    refused(
        () -> new Target("a", "https://h/a", null, null, null, null, null, "p", null, null),
        "or neither");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, BatchInput.MAX_WINDOW + 1})
  void aWindowIsBetween1And500(int window) {
    refused(() -> Inputs.batch(1, window), "concurrency " + window);
  }

  @Test
  void aBatchInputIsOfTheSchemaThisWorkerKnows() {
    BatchInput input = Inputs.batch(1, 1);
    refused(
        () ->
            new BatchInput(
                2,
                input.fleet(),
                input.batch(),
                input.manifest(),
                input.plan(),
                input.storeId(),
                1,
                input.agent(),
                input.heartbeatTimeout(),
                input.checkpointEvery(),
                null,
                BatchLimits.NONE,
                true),
        "schema version 2");
  }

  @Test
  void aManifestHasTargets() {
    refused(() -> new ManifestRef("store:m", "0", 0), "store:m");
  }

  @Test
  void aPageIsBounded() {
    ManifestRef manifest = new ManifestRef("store:m", "0", 1);
    refused(() -> new TargetPageRequest(manifest, -1, 1), "from -1");
    refused(() -> new TargetPageRequest(manifest, 0, 0), "page of 0");
    refused(() -> new TargetPageRequest(manifest, 0, 501), "page of 501");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void aPlanHasABudget(double budgetUsd) {
    refused(() -> Inputs.outline(budgetUsd, 1), "plan audit");
  }

  @Test
  void aPlanHasTurnsTimeAndConditionsThatCanBeRead() {
    refused(() -> Inputs.outline(1, 0), "plan audit");
    refused(() -> Inputs.outline("p", 1, 1, Duration.ZERO), "plan p");
    refused(() -> Inputs.outline("findings.urgent > 0"), "is not a condition");
  }

  @Test
  void aGenerationCountsFromZero() {
    refused(() -> Inputs.review(Inputs.outline(), -1), "generation of " + Inputs.key(0));
  }

  @Test
  void findingsAreNotNegative() {
    refused(() -> new SeverityCounts(0, 0, -1, 0, 0), "negative");
  }

  @Test
  void aReportIsOfOneThing() {
    refused(() -> new ReportInput(null, null), "one repository or of one batch");
  }
}
