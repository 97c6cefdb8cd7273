package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Triage;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.plan.VerifyCommand;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.Baseline;
import dev.repofleet.artifacts.result.CacheInfo;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.IncrementalInfo;
import dev.repofleet.artifacts.result.NotCarried;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.artifacts.result.TurnResult;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.artifacts.result.VerifyResult;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.worker.cache.EarlierResults;
import dev.repofleet.worker.git.IgnoreRules;
import dev.repofleet.worker.plan.PlanName;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.plan.TargetIdentity;
import dev.repofleet.worker.review.FindingIdentity;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.worker.verify.VerifyActivitiesImpl;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.Incremental.Fallback;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.order.FollowUpCondition;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes one repository's result. The files it names come first and {@code review.json} last, so
 * that who sees the result finds all of it; once more with the same input changes nothing.
 */
final class RepositoryReportWriter {
  private static final int MAX_SUMMARY = 500;

  /** A UTF-8 character has at most four bytes. */
  private static final int SUMMARY_BYTES = 4 * MAX_SUMMARY;

  private final ArtifactStore store;
  private final KnownSecrets secrets;
  private final EarlierResults earlier;
  private final CarriedFindings carried;
  private final FindingLifecycles lifecycles;
  private final Triage triage;
  private final PlanSource plans;

  RepositoryReportWriter(ArtifactStore store, KnownSecrets secrets) {
    this.store = store;
    this.secrets = secrets;
    this.earlier = new EarlierResults(store);
    this.carried = new CarriedFindings(store);
    this.lifecycles = new FindingLifecycles(store);
    this.triage = new Triage(store);
    this.plans = new PlanSource(store);
  }

  /**
   * Writes all of it.
   *
   * @param mayName called before a file takes the place of an earlier one; what it throws goes on
   */
  ArtifactRef write(RepositoryReport report, Runnable mayName) {
    ReviewInput review = report.review();
    NamedFiles files = new NamedFiles(store, mayName);
    ReviewDocument document = document(report);
    if (document != null && document.answer() != null) {
      files.put(answer(review.batch(), review.key()), ArtifactJson.pretty(document.answer()));
    }
    EarlierResult unchanged = report.unchanged();
    RepositoryResult result =
        unchanged == null
            ? result(report, document, new CompanionFiles(files).write(report))
            : new UnchangedResult(files)
                .of(report, unchanged, repository(report), durations(report.stepMilliseconds()));
    Optional<RepositoryResult> whole = carried.added(result, report);
    result = lifecycles.compared(whole.orElse(result), report, document);
    result = result.withFindings(triage.applied(result.findings()), result.baseline());
    result = result.withFiles(result.files().withSarif(sarif(report, result, document, files)));
    ArtifactRef written =
        files.put(ArtifactPaths.review(review.batch(), review.key()), ArtifactJson.pretty(result));
    lifecycles.keep(result, report, written);
    String key = cacheKey(report);
    if (key != null && isThePlansOwn(report) && whole.isPresent()) {
      earlier.keep(key, result, written);
    }
    ResolveOutcome resolved = report.resolved();
    String latestKey = resolved == null ? null : resolved.latestKey();
    // A follow-up after the end takes nothing from what was reviewed, and reviews nothing newer.
    if (latestKey != null
        && isComplete(report)
        && report.review().followUpUri() == null
        && whole.isPresent()) {
      earlier.keepLatest(latestKey, result, written);
    }
    return written;
  }

  /** Only of a review whose findings are known to the fleet. */
  private @Nullable ArtifactRef sarif(
      RepositoryReport report,
      RepositoryResult result,
      @Nullable ReviewDocument document,
      NamedFiles files) {
    boolean none = document == null || document.answer() != null;
    if (none && result.files().sarif() == null) {
      return null;
    }
    String plan = PlanName.ofRow(store, plans, result.batch(), report.review().plan());
    return files.put(
        ArtifactPaths.sarif(result.batch(), result.key()),
        SarifLog.of(result, unsettled(result), plan).bytes());
  }

  /**
   * What was there before and may be still. Code scanning closes every alert that an upload lacks,
   * and the file of a review of everything may be uploaded.
   */
  private List<Finding> unsettled(RepositoryResult result) {
    Baseline before = result.baseline();
    return before == null || result.coverage().status() != CoverageStatus.COMPLETE
        ? List.of()
        : triage.applied(before.unknown());
  }

  private static boolean isComplete(RepositoryReport report) {
    return report.status() == dev.repofleet.workflows.RepositoryStatus.COMPLETE
        && report.review().agent().usesModel();
  }

  private static @Nullable String cacheKey(RepositoryReport report) {
    return report.resolved() == null ? null : report.resolved().cacheKey();
  }

  /**
   * Whether the same plan would come to this again: a complete review with the follow-ups that the
   * plan asks for, and none of a person's that came to its end.
   */
  private static boolean isThePlansOwn(RepositoryReport report) {
    long followUps =
        report.turns().stream()
            .filter(turn -> turn.prompt() == PromptKind.FOLLOW_UP && turn.cause() == null)
            .count();
    long planned =
        report.review().outline().followUps().stream()
            .filter(condition -> FollowUpCondition.parse(condition).holds(report.findings()))
            .count();
    return isComplete(report) && report.asked() == null && followUps == planned;
  }

  /** Where the answer to a plan with a schema of its own is. */
  static String answer(String batch, String key) {
    return ArtifactPaths.reviewFolder(batch, key) + "/answer.json";
  }

  private @Nullable ReviewDocument document(RepositoryReport report) {
    String uri = report.outcome() == null ? null : report.outcome().reviewUri();
    return uri == null
        ? null
        : ArtifactJson.read(store, uri, ReviewDocument.class, ReviewDocument.MAX_BYTES);
  }

  private RepositoryResult result(
      RepositoryReport report, @Nullable ReviewDocument document, ReviewArtifacts files) {
    ReviewInput review = report.review();
    CloneOutcome cloned = report.cloned();
    DiffOutcome diff = report.diff();
    String message = report.message();
    String cacheKey = cacheKey(report);
    return RepositoryResult.builder(
            review.batch(),
            review.index(),
            review.target().name(),
            review.key(),
            repository(report),
            Conversions.status(report.status()))
        .generation(review.generation())
        .cause(Conversions.code(report.cause()))
        .message(message == null ? null : secrets.redact(message))
        .attempts(report.sandboxes())
        .sessionId(report.sessionId())
        .agent(agent(report))
        .rehearsal(!review.agent().usesModel())
        .coverage(coverage(report, document))
        .cache(cacheKey == null ? null : CacheInfo.miss(cacheKey))
        .usage(usage(report))
        .startedAt(Instant.ofEpochMilli(report.startedAt()))
        .endedAt(Instant.ofEpochMilli(report.endedAt()))
        .durations(durations(report.stepMilliseconds()))
        .turns(report.turns().stream().map(turn -> turn(turn, document)).toList())
        .agentSettings(cloned == null ? List.of() : cloned.agentSettings())
        .treeHash(diff == null ? null : diff.treeHash())
        .notCarried(notCarried(diff))
        .files(files)
        .summary(document == null || document.summary().isBlank() ? null : document.summary())
        .findings(findings(report, document))
        .incremental(incremental(report.incremental()))
        .verify(verify(report))
        .build();
  }

  private @Nullable VerifyResult verify(RepositoryReport report) {
    VerifyOutcome outcome = report.verify();
    VerifyCommand command = outcome == null ? null : plans.read(report.review().plan()).verify();
    if (outcome == null || command == null) {
      return null;
    }
    boolean known = outcome.ending() != VerifyOutcome.Ending.UNKNOWN;
    String uri = outcome.outputUri();
    return new VerifyResult(
        command.command(),
        VerifyResult.Ending.valueOf(outcome.ending().name()),
        outcome.exitCode(),
        known ? Duration.ofMillis(outcome.milliseconds()) : null,
        uri == null
            ? null
            : new String(store.read(uri, VerifyActivitiesImpl.MAX_BYTES), StandardCharsets.UTF_8),
        outcome.message() == null ? null : secrets.redact(outcome.message()));
  }

  private static List<Finding> findings(
      RepositoryReport report, @Nullable ReviewDocument document) {
    if (document == null) {
      return List.of();
    }
    String repository = TargetIdentity.repository(report.review().target());
    return document.findings().stream()
        .map(finding -> FindingIdentity.inRepository(repository, finding))
        .toList();
  }

  private static @Nullable IncrementalInfo incremental(@Nullable Incremental compared) {
    if (compared == null) {
      return null;
    }
    Fallback fallback = compared.fallback();
    if (fallback == null && compared.filesChanged() == null) {
      return null; // It ended before anything was compared.
    }
    return new IncrementalInfo(
        compared.base(),
        compared.batch(),
        compared.filesChanged(),
        fallback == null ? null : fallback.code(),
        fallback == null ? null : fallback.sentence());
  }

  private static RepositoryInfo repository(RepositoryReport report) {
    Target target = report.review().target();
    String url = target.url();
    ResolveOutcome resolved = report.resolved();
    String commit = resolved == null ? target.commit() : resolved.commit();
    CanonicalTarget canonical = url == null ? null : CanonicalTarget.ofUrl(url);
    return new RepositoryInfo(
        canonical == null ? null : canonical.host(),
        canonical == null ? null : canonical.owner(),
        canonical == null ? folderName(target.name()) : canonical.name(),
        url,
        target.ref(),
        commit,
        target.subpath(),
        resolved == null ? null : resolved.ref());
  }

  /** The last part of a path as a person typed it, without ref and subpath. */
  private static String folderName(String typed) {
    String path =
        typed.replaceFirst("#.*$", "").replaceFirst("@[^/]*$", "").replaceFirst("/+$", "");
    String last = path.substring(path.lastIndexOf('/') + 1);
    return last.isEmpty() ? typed : last;
  }

  private static @Nullable AgentInfo agent(RepositoryReport report) {
    if (report.agentVersion() == null && report.turns().isEmpty()) {
      return null;
    }
    String model = report.turns().isEmpty() ? null : report.turns().get(0).model();
    AgentKind kind = report.review().agent();
    return new AgentInfo(kind.code(), report.agentVersion(), kind.usesModel() ? model : null);
  }

  /**
   * Complete only where the agent says it saw every file, and neither was one left out nor did it
   * go by the changes alone.
   */
  private Coverage coverage(RepositoryReport report, @Nullable ReviewDocument document) {
    CloneOutcome cloned = report.cloned();
    Incremental compared = report.incremental();
    ReviewIgnore ignore = cloned == null ? null : cloned.ignored();
    IgnoredFiles ignored = ignored(ignore, document);
    List<Exclusion> exclusions = new ArrayList<>();
    if (document != null) {
      exclusions.addAll(document.exclusions());
    }
    exclusions.addAll(IgnoreRules.read(store, ignore));
    Integer total = cloned == null ? null : cloned.files();
    Integer told = document == null ? null : document.filesReviewed();
    if (document == null || told == null || total == null) {
      return new Coverage(CoverageStatus.UNKNOWN, told, total, exclusions, ignored);
    }
    boolean all =
        told >= total
            && document.exclusions().isEmpty()
            && (ignored == null || ignored.files() == 0)
            && (compared == null || compared.fallback() != null)
            && Conversions.status(report.status()) == RepositoryStatus.COMPLETE;
    return new Coverage(
        all ? CoverageStatus.COMPLETE : CoverageStatus.PARTIAL,
        Math.min(told, total),
        total,
        exclusions,
        ignored);
  }

  private static @Nullable IgnoredFiles ignored(
      @Nullable ReviewIgnore ignore, @Nullable ReviewDocument document) {
    if (ignore == null) {
      return null;
    }
    return new IgnoredFiles(
        ignore.files(),
        ignore.rules(),
        document == null ? 0 : document.ignored(),
        ignore.unheeded() == null ? null : ignore.unheeded().sentence());
  }

  private static Usage usage(RepositoryReport report) {
    return Conversions.usage(report.costOfAll())
        .withSandboxSeconds(report.sandboxMilliseconds() / 1e3);
  }

  private static Map<String, Duration> durations(Map<String, Long> milliseconds) {
    Map<String, Duration> durations = new TreeMap<>();
    milliseconds.forEach((step, millis) -> durations.put(step, Duration.ofMillis(millis)));
    return durations;
  }

  private TurnResult turn(TurnOutcome turn, @Nullable ReviewDocument document) {
    return new TurnResult(
        turn.turn(),
        Conversions.purpose(turn.prompt()),
        status(turn.cause()),
        Conversions.code(turn.cause()),
        turn.incarnation() + 1,
        turn.agentTurns(),
        Conversions.usage(turn.usage()),
        Duration.ofMillis(turn.milliseconds()),
        turn.prompt() == PromptKind.VERIFY && turn.cause() == null && document != null
            ? verdicts(document.findings())
            : closingWords(turn));
  }

  private static RepositoryStatus status(@Nullable Cause cause) {
    if (cause == null) {
      return RepositoryStatus.COMPLETE;
    }
    return switch (cause) {
      case BUDGET_EXHAUSTED, TURNS_EXHAUSTED, AGENT_TIMEOUT -> RepositoryStatus.PARTIAL;
      case CANCELLED -> RepositoryStatus.CANCELLED;
      default -> RepositoryStatus.FAILED;
    };
  }

  /** Those that were tried and not verified have a reason for it. */
  private static String verdicts(List<Finding> findings) {
    long confirmed =
        findings.stream().filter(each -> each.verification() == Verification.CONFIRMED).count();
    long rejected = findings.stream().filter(Finding::isRejected).count();
    long told = findings.stream().filter(each -> each.verificationReason() != null).count();
    return "%d confirmed, %d rejected, %d left unverified"
        .formatted(confirmed, rejected, told - confirmed - rejected);
  }

  private @Nullable String closingWords(TurnOutcome turn) {
    String message = turn.message();
    String uri = turn.textUri();
    if (turn.answerUri() != null) {
      // The text is the answer once more; its findings are in the result, their secrets masked.
      return null;
    }
    if (uri == null) {
      return message == null ? null : secrets.redact(message);
    }
    try (InputStream in = store.open(uri)) {
      // More than is shown, so that no secret is cut in two before it is seen.
      String text = new String(in.readNBytes(8 * SUMMARY_BYTES), StandardCharsets.UTF_8);
      return Excerpt.of(secrets.redact(text).strip(), MAX_SUMMARY);
    } catch (IOException e) {
      throw new UncheckedIOException("the words of turn " + turn.turn() + " can't be read", e);
    }
  }

  /** The step tells them as {@code reason: path}. */
  private static List<NotCarried> notCarried(@Nullable DiffOutcome diff) {
    List<NotCarried> all = new ArrayList<>();
    if (diff == null) {
      return all;
    }
    if (diff.withheld() != null) {
      all.add(new NotCarried("changes.patch", diff.withheld()));
    }
    for (String note : diff.notCarried()) {
      int colon = note.indexOf(": ");
      String reason = colon < 0 ? "not carried" : note.substring(0, colon);
      all.add(new NotCarried(colon < 0 ? note : note.substring(colon + 2), reason));
    }
    return all;
  }
}
