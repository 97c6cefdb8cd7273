package dev.repofleet.artifacts.finding;

import dev.repofleet.artifacts.Parts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The structured answer of the agent, as it gave it: to be checked, not to be believed.
 *
 * <p>{@link AnswerSchema} is its JSON Schema. Paths and lines are the agent's claims.
 *
 * @param summary of the review in a few sentences
 * @param findings in the agent's order
 * @param coverage what the agent says it looked at
 */
public record AgentAnswer(String summary, List<AgentFinding> findings, AgentCoverage coverage) {
  /** Absent parts become empty. */
  public AgentAnswer {
    summary = summary == null ? "" : summary;
    findings = Parts.list(findings);
    coverage = coverage == null ? new AgentCoverage(0, List.of()) : coverage;
  }

  /**
   * One finding of the answer.
   *
   * @param ruleId one of the plan's rules
   * @param path relative to the repository's root
   * @param startLine from 1
   * @param endLine from 1, not before the start
   * @param cwe such as {@code CWE-89}
   */
  public record AgentFinding(
      String ruleId,
      String title,
      Severity severity,
      Confidence confidence,
      String path,
      int startLine,
      int endLine,
      @Nullable String summary,
      @Nullable String evidence,
      @Nullable String remediation,
      List<String> cwe) {
    /** Checks nothing but that lists are there: judging the answer is the review step's work. */
    public AgentFinding {
      cwe = Parts.list(cwe);
    }
  }

  /**
   * What the agent says it looked at.
   *
   * @param filesReviewed a count
   * @param exclusions what it left out, and why
   */
  public record AgentCoverage(int filesReviewed, List<Exclusion> exclusions) {
    /** Absent exclusions are none. */
    public AgentCoverage {
      exclusions = Parts.list(exclusions);
    }
  }
}
