package dev.repofleet.starter.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.RepositoryResult;
import org.jspecify.annotations.Nullable;

/**
 * A finding of one batch or of both, without its texts and code: of very many batches' worth of
 * them a comparison holds this.
 *
 * @param state how it stands in the later batch to the earlier one
 * @param id in the later batch where it is there, else in the earlier one
 * @param fingerprint its identity; absent in results of before there was one
 * @param severity in the later batch where it is there
 * @param path of its primary place
 * @param startLine from 1
 * @param verification in the later batch where it is there; a rejected one is in no count
 */
record FindingChange(
    LifecycleState state,
    String id,
    @Nullable String fingerprint,
    Severity severity,
    String ruleId,
    String title,
    String path,
    int startLine,
    Verification verification) {

  static FindingChange of(LifecycleState state, Finding finding) {
    return new FindingChange(
        state,
        finding.id(),
        finding.fingerprint(),
        finding.severity().level(),
        finding.ruleId(),
        finding.title(),
        finding.primary().path(),
        finding.primary().startLine(),
        finding.verification());
  }

  @JsonIgnore
  boolean isRejected() {
    return verification == Verification.REJECTED;
  }

  /** What became of a finding that the earlier batch does not have. */
  static LifecycleState stateOfNew(Finding finding, RepositoryResult later) {
    boolean back =
        finding.lifecycle() != null
            && finding.lifecycle().state() == LifecycleState.REOPENED
            && later.baseline() != null;
    return back ? LifecycleState.REOPENED : LifecycleState.NEW;
  }
}
