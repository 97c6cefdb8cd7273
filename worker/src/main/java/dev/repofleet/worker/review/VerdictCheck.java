package dev.repofleet.worker.review;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.worker.review.VerdictAnswer.Verdict;
import dev.repofleet.workflows.Excerpt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the verdicts of one answer to the findings it was asked about. What it says of others is
 * passed over, and so is a second verdict on the same one.
 */
final class VerdictCheck {
  private static final int MAX_REASON = 1000;

  private final SecretMask mask;
  private final Map<String, Verdict> verdicts = new HashMap<>();
  private final String problem;

  /**
   * @param json the answer; absent when there is none
   */
  VerdictCheck(byte @Nullable [] json, SecretMask mask) {
    this.mask = mask;
    this.problem = json == null ? "it gave no structured answer" : read(json);
  }

  private String read(byte[] json) {
    try {
      JsonNode answer = ArtifactJson.read(json, JsonNode.class, "the answer");
      String fault = SchemaCheck.problem(VerdictAnswer.schema(), answer);
      if (fault.isEmpty()) {
        ArtifactJson.read(json, VerdictAnswer.class, "the answer")
            .verdicts()
            .forEach(verdict -> verdicts.putIfAbsent(verdict.id(), verdict));
      }
      return fault;
    } catch (ArtifactCorruptException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Why no verdict counts; empty where they do. */
  String problem() {
    return mask.text(problem);
  }

  /** The findings in their order, those of the scope with what became of them. */
  List<Finding> applied(List<Finding> findings, VerificationScope scope) {
    Map<String, Finding> judged = new HashMap<>();
    scope.chosen().forEach(finding -> judged.put(finding.id(), judged(finding)));
    scope
        .left()
        .forEach(
            finding ->
                judged.put(
                    finding.id(),
                    unverified(
                        finding,
                        "not tried: it is not among the "
                            + VerificationScope.MOST
                            + " most severe ones")));
    return findings.stream().map(finding -> judged.getOrDefault(finding.id(), finding)).toList();
  }

  private Finding judged(Finding finding) {
    if (!problem.isEmpty()) {
      return unverified(finding, "its verification came to no usable answer");
    }
    Verdict verdict = verdicts.get(finding.id());
    if (verdict == null) {
      return unverified(finding, "its verification said nothing of it");
    }
    String reason = Excerpt.of(mask.reason(finding, verdict.reason()), MAX_REASON);
    return switch (verdict.verdict()) {
      case CONFIRMED -> finding.withVerification(Verification.CONFIRMED, reason);
      case REJECTED -> finding.withVerification(Verification.REJECTED, reason);
      case UNDECIDED -> unverified(finding, "undecided: " + reason);
    };
  }

  private static Finding unverified(Finding finding, String reason) {
    return finding.withVerification(Verification.UNVERIFIED, reason);
  }
}
