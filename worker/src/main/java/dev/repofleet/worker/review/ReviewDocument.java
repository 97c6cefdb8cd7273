package dev.repofleet.worker.review;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.finding.AgentAnswer;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.result.RepositoryResult;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A judged answer as it lies in the artifact store, for the report to be made of.
 *
 * @param schemaVersion 1
 * @param summary the agent's, without secrets; empty when there is none
 * @param findings that stood the check against the commit
 * @param filesReviewed as the agent says; absent when it does not
 * @param exclusions what the agent left out
 * @param refused what did not stand it
 * @param answer of a plan with a schema of its own, as it is; absent for the default one
 * @param ignored how many of the refused are in files that {@code .reviewignore} leaves out
 */
public record ReviewDocument(
    int schemaVersion,
    String summary,
    List<Finding> findings,
    @Nullable Integer filesReviewed,
    List<Exclusion> exclusions,
    List<Refused> refused,
    @Nullable JsonNode answer,
    int ignored) {

  /** Longest document that is read back. */
  public static final long MAX_BYTES = RepositoryResult.MAX_BYTES;

  /** An older document may lack lists. */
  public ReviewDocument {
    summary = Objects.requireNonNullElse(summary, "");
    findings = findings == null ? List.of() : List.copyOf(findings);
    exclusions = exclusions == null ? List.of() : List.copyOf(exclusions);
    refused = refused == null ? List.of() : List.copyOf(refused);
  }

  /** Without a finding in an ignored file. */
  public ReviewDocument(
      int schemaVersion,
      String summary,
      List<Finding> findings,
      @Nullable Integer filesReviewed,
      List<Exclusion> exclusions,
      List<Refused> refused,
      @Nullable JsonNode answer) {
    this(schemaVersion, summary, findings, filesReviewed, exclusions, refused, answer, 0);
  }

  /** The same with its findings judged further. */
  ReviewDocument withFindings(List<Finding> judged) {
    return new ReviewDocument(
        schemaVersion, summary, judged, filesReviewed, exclusions, refused, answer, ignored);
  }

  /**
   * A finding that was not believed.
   *
   * @param reason in a sentence
   * @param finding as the agent gave it, without secrets
   */
  public record Refused(String reason, AgentAnswer.AgentFinding finding) {
    /** Refuses absent parts. */
    public Refused {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(finding, "finding");
    }
  }
}
