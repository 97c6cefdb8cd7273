package dev.repofleet.worker.review;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactTooLongException;
import dev.repofleet.artifacts.finding.AgentAnswer;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.FindingCounts;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.review.ReviewActivities;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import dev.repofleet.workflows.activities.review.VerdictsOutcome;
import dev.repofleet.workflows.activities.review.VerdictsRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges answers: first by the plan's schema, then by the commit; and findings by the verdicts of a
 * verification. Thread-safe.
 */
public final class ReviewActivitiesImpl implements ReviewActivities {
  private static final long MAX_ANSWER = 16L << 20;

  private static final int MAX_PROBLEM = 500;

  private final SandboxConnections connections;
  private final ArtifactStore store;
  private final PlanSource plans;
  private final SecretMask mask;

  /**
   * @param environment of the worker, for the secrets that a finding must not repeat
   */
  public ReviewActivitiesImpl(
      SandboxConnections connections,
      ArtifactStore store,
      PlanSource plans,
      Map<String, String> environment) {
    this.connections = connections;
    this.store = store;
    this.plans = plans;
    this.mask = new SecretMask(KnownSecrets.of(environment));
  }

  @Override
  public ReviewOutcome review(ReviewRequest request) {
    String answerUri = request.answerUri();
    if (answerUri == null) {
      return outcome(Verdict.MISSING, "the agent gave no structured answer");
    }
    AttemptTime time = AttemptTime.current();
    CommitFiles files =
        new SandboxCommitFiles(
            () -> {
              // Connecting would wake it, should it rest since for a person's answer.
              time.require("the findings of " + request.key() + " are checked");
              return connections.connect(request.sandboxId());
            },
            request.commit());
    byte[] json;
    try {
      json = store.read(answerUri, MAX_ANSWER);
    } catch (ArtifactTooLongException e) {
      return outcome(Verdict.INVALID, "the answer is longer than 16 MB");
    }
    return judge(request, plans.read(request.plan()), json, files);
  }

  ReviewOutcome judge(ReviewRequest request, Plan plan, byte[] json, CommitFiles files) {
    JsonNode answer;
    AgentAnswer parsed = null;
    try {
      answer = ArtifactJson.read(json, JsonNode.class, "the answer");
      String problem = problem(plan, answer);
      if (!problem.isEmpty()) {
        return outcome(Verdict.INVALID, problem);
      }
      if (plan.schema() == null) {
        parsed = ArtifactJson.read(json, AgentAnswer.class, "the answer");
      }
    } catch (ArtifactCorruptException e) {
      return outcome(Verdict.INVALID, String.valueOf(e.getMessage()));
    }
    return parsed == null ? ownSchema(answer) : checked(request, parsed, files);
  }

  private String problem(Plan plan, JsonNode answer) {
    try {
      return SchemaCheck.problem(plan, answer);
    } catch (IllegalArgumentException e) {
      throw FailureMapper.failure(
          Cause.INTERNAL, "plan " + plan.name() + ": " + e.getMessage(), null);
    }
  }

  private ReviewOutcome outcome(Verdict verdict, String problem) {
    String shown = Excerpt.of(mask.text(problem), MAX_PROBLEM);
    return new ReviewOutcome(verdict, shown, null, SeverityCounts.NONE, 0);
  }

  /** Its shape is the plan's own business. */
  private ReviewOutcome ownSchema(JsonNode answer) {
    ReviewDocument document =
        new ReviewDocument(
            1,
            mask.text(answer.path("summary").asText("")),
            List.of(),
            null,
            List.of(),
            List.of(),
            answer);
    return new ReviewOutcome(Verdict.VALID, null, stored(document), SeverityCounts.NONE, 0);
  }

  private ReviewOutcome checked(ReviewRequest request, AgentAnswer answer, CommitFiles files) {
    FindingCheck check =
        FindingCheck.of(
            answer.findings().stream().map(mask::apply).toList(), request.subpath(), files, mask);
    List<Finding> findings = check.findings();
    List<Exclusion> exclusions =
        answer.coverage().exclusions().stream()
            .map(exclusion -> new Exclusion(mask.text(exclusion.pattern()), exclusion.reason()))
            .toList();
    ReviewDocument document =
        new ReviewDocument(
            1,
            mask.summary(answer),
            findings,
            answer.coverage().filesReviewed(),
            exclusions,
            check.refused(),
            null,
            check.ignored());
    return new ReviewOutcome(
        Verdict.VALID, null, stored(document), FindingCounts.of(findings), check.refused().size());
  }

  @Override
  public VerdictsOutcome judgeVerdicts(VerdictsRequest request) {
    ReviewDocument document =
        ArtifactJson.read(
            store, request.reviewUri(), ReviewDocument.class, ReviewDocument.MAX_BYTES);
    VerificationScope scope =
        VerificationScope.of(document.findings(), plans.read(request.plan()).verifyFindings());
    String uri = request.answerUri();
    VerdictCheck check = new VerdictCheck(uri == null ? null : answer(uri), mask);
    List<Finding> findings = check.applied(document.findings(), scope);
    int confirmed = count(findings, Verification.CONFIRMED);
    int rejected = count(findings, Verification.REJECTED);
    return new VerdictsOutcome(
        stored(document.withFindings(findings)),
        FindingCounts.of(findings),
        confirmed,
        rejected,
        scope.chosen().size() + scope.left().size() - confirmed - rejected,
        check.problem().isEmpty() ? null : Excerpt.of(check.problem(), MAX_PROBLEM));
  }

  /** One that is too long is as good as none. */
  private byte @Nullable [] answer(String uri) {
    try {
      return store.read(uri, MAX_ANSWER);
    } catch (ArtifactTooLongException e) {
      return null;
    }
  }

  private static int count(List<Finding> findings, Verification verification) {
    return (int)
        findings.stream().filter(finding -> finding.verification() == verification).count();
  }

  private String stored(ReviewDocument document) {
    return store.put(ArtifactJson.pretty(document)).uri();
  }
}
