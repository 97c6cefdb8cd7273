package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.target.TargetRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of one repository: {@code review.json}.
 *
 * @param schemaVersion of this file, {@link #SCHEMA_VERSION}
 * @param batch id
 * @param index position in the batch's input, from 0
 * @param target as the person typed it
 * @param key of the repository
 * @param generation raised by a person's retry, from 0
 * @param repository which, and which commit
 * @param status what became of it
 * @param cause of anything but complete: a name from the table of failures
 * @param message the cause in a sentence, with the way out
 * @param attempts sandboxes the review took, one after the other: above 1 where some were lost
 * @param sessionId of the agent
 * @param agent which did the work; absent when none was started
 * @param rehearsal whether no model was used
 * @param coverage how much was looked at
 * @param cache whether an earlier result was used
 * @param usage of all turns and the sandbox
 * @param startedAt of the first step
 * @param endedAt of the last step, days later where a person went on with it after its end
 * @param durations by step
 * @param turns of the session, in order
 * @param agentSettings files with settings for agents which the repository ships; not loaded
 * @param treeHash of the reviewed tree with the agent's changes: what the patch gives
 * @param notCarried what the patch can't carry
 * @param files the artifacts
 * @param summary the agent's
 * @param findings checked
 * @param incremental what was compared, where the plan asks for what changed; else absent
 * @param baseline the result before, with which the findings were compared; absent where there is
 *     none
 * @param verify what the plan's own command came to; absent where it has none, or nothing changed
 */
public record RepositoryResult(
    int schemaVersion,
    String batch,
    int index,
    String target,
    String key,
    int generation,
    RepositoryInfo repository,
    RepositoryStatus status,
    @Nullable String cause,
    @Nullable String message,
    int attempts,
    @Nullable String sessionId,
    @Nullable AgentInfo agent,
    boolean rehearsal,
    Coverage coverage,
    @Nullable CacheInfo cache,
    Usage usage,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    Map<String, Duration> durations,
    List<TurnResult> turns,
    List<String> agentSettings,
    @Nullable String treeHash,
    List<NotCarried> notCarried,
    ReviewArtifacts files,
    @Nullable String summary,
    List<Finding> findings,
    @Nullable IncrementalInfo incremental,
    @Nullable Baseline baseline,
    @Nullable VerifyResult verify) {
  /** The version that this program writes. */
  public static final int SCHEMA_VERSION = 1;

  /** Longest {@code review.json} that is read back: some 100,000 findings. */
  public static final long MAX_BYTES = 256L << 20;

  /** Refuses another schema version and a result without identity or status. */
  public RepositoryResult {
    Parts.schemaVersion(schemaVersion, SCHEMA_VERSION);
    Parts.text(batch, "batch");
    Parts.notNegative(index, "index");
    Parts.text(target, "target");
    Parts.text(key, "key");
    Parts.notNegative(generation, "generation");
    Objects.requireNonNull(repository, "repository is missing");
    Objects.requireNonNull(status, "status is missing");
    Parts.notNegative(attempts, "attempts");
    coverage = coverage == null ? Coverage.UNKNOWN : coverage;
    usage = usage == null ? Usage.NONE : usage;
    durations = Parts.map(durations);
    turns = Parts.list(turns);
    agentSettings = Parts.list(agentSettings);
    notCarried = Parts.list(notCarried);
    files = files == null ? ReviewArtifacts.NONE : files;
    findings = Parts.list(findings);
  }

  /**
   * How long its steps took, waiting included, but not the days before a person went on with it;
   * empty when no times are told.
   */
  public Optional<Duration> took() {
    if (!durations.isEmpty()) {
      return Optional.of(durations.values().stream().reduce(Duration.ZERO, Duration::plus));
    }
    return startedAt == null || endedAt == null
        ? Optional.empty()
        : Optional.of(Duration.between(startedAt, endedAt));
  }

  /**
   * Whether it tells of a later state of the repository than the other: it began later or, where
   * that is not known, ended later. A person may have gone on with an older one.
   */
  public boolean isNewerThan(RepositoryResult other) {
    return isNewer(startedAt, endedAt, other);
  }

  static boolean isNewer(@Nullable Instant began, @Nullable Instant ended, RepositoryResult other) {
    Instant otherBegan = other.startedAt();
    if (began == null || otherBegan == null || began.equals(otherBegan)) {
      Instant otherEnded = other.endedAt();
      return ended != null && otherEnded != null && ended.isAfter(otherEnded);
    }
    return began.isAfter(otherBegan);
  }

  /** The same with findings that were compared, and with what. */
  public RepositoryResult withFindings(List<Finding> compared, @Nullable Baseline with) {
    return toBuilder().findings(compared).baseline(with).build();
  }

  /** The same with other artifacts. */
  public RepositoryResult withFiles(ReviewArtifacts written) {
    return toBuilder().files(written).build();
  }

  private Builder toBuilder() {
    return builder(batch, index, target, key, repository, status)
        .generation(generation)
        .cause(cause)
        .message(message)
        .attempts(attempts)
        .sessionId(sessionId)
        .agent(agent)
        .rehearsal(rehearsal)
        .coverage(coverage)
        .cache(cache)
        .usage(usage)
        .startedAt(startedAt)
        .endedAt(endedAt)
        .durations(durations)
        .turns(turns)
        .agentSettings(agentSettings)
        .treeHash(treeHash)
        .notCarried(notCarried)
        .files(files)
        .summary(summary)
        .findings(findings)
        .incremental(incremental)
        .baseline(baseline)
        .verify(verify);
  }

  /** A builder for the result of a batch's repository. */
  public static Builder builder(
      String batch,
      int index,
      String target,
      String key,
      RepositoryInfo repository,
      RepositoryStatus status) {
    return new Builder(batch, index, target, key, repository, status);
  }

  /** A builder for the result of a manifest's row, of the commit that the row has. */
  public static Builder builder(String batch, TargetRow row, RepositoryStatus status) {
    return builder(
        batch, row.index(), row.target(), row.key(), RepositoryInfo.of(row, null), status);
  }

  /** Sets the optional parts one by one; for one thread. */
  public static final class Builder {
    private final String batch;
    private final int index;
    private final String target;
    private final String key;
    private final RepositoryInfo repository;
    private final RepositoryStatus status;
    private int generation;
    private @Nullable String cause;
    private @Nullable String message;
    private int attempts = 1;
    private @Nullable String sessionId;
    private @Nullable AgentInfo agent;
    private boolean rehearsal;
    private Coverage coverage = Coverage.UNKNOWN;
    private @Nullable CacheInfo cache;
    private Usage usage = Usage.NONE;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private Map<String, Duration> durations = Map.of();
    private List<TurnResult> turns = List.of();
    private List<String> agentSettings = List.of();
    private @Nullable String treeHash;
    private List<NotCarried> notCarried = List.of();
    private ReviewArtifacts files = ReviewArtifacts.NONE;
    private @Nullable String summary;
    private List<Finding> findings = List.of();
    private @Nullable IncrementalInfo incremental;
    private @Nullable Baseline baseline;
    private @Nullable VerifyResult verify;

    private Builder(
        String batch,
        int index,
        String target,
        String key,
        RepositoryInfo repository,
        RepositoryStatus status) {
      this.batch = batch;
      this.index = index;
      this.target = target;
      this.key = key;
      this.repository = repository;
      this.status = status;
    }

    /** Sets {@link RepositoryResult#generation}. */
    public Builder generation(int generation) {
      this.generation = generation;
      return this;
    }

    /** Sets {@link RepositoryResult#cause}. */
    public Builder cause(@Nullable String cause) {
      this.cause = cause;
      return this;
    }

    /** Sets {@link RepositoryResult#message}. */
    public Builder message(@Nullable String message) {
      this.message = message;
      return this;
    }

    /** Sets {@link RepositoryResult#attempts}. */
    public Builder attempts(int attempts) {
      this.attempts = attempts;
      return this;
    }

    /** Sets {@link RepositoryResult#sessionId}. */
    public Builder sessionId(@Nullable String sessionId) {
      this.sessionId = sessionId;
      return this;
    }

    /** Sets {@link RepositoryResult#agent}. */
    public Builder agent(@Nullable AgentInfo agent) {
      this.agent = agent;
      return this;
    }

    /** Sets {@link RepositoryResult#rehearsal}. */
    public Builder rehearsal(boolean rehearsal) {
      this.rehearsal = rehearsal;
      return this;
    }

    /** Sets {@link RepositoryResult#coverage}. */
    public Builder coverage(Coverage coverage) {
      this.coverage = coverage;
      return this;
    }

    /** Sets {@link RepositoryResult#cache}. */
    public Builder cache(@Nullable CacheInfo cache) {
      this.cache = cache;
      return this;
    }

    /** Sets {@link RepositoryResult#usage}. */
    public Builder usage(Usage usage) {
      this.usage = usage;
      return this;
    }

    /** Sets {@link RepositoryResult#startedAt}. */
    public Builder startedAt(@Nullable Instant startedAt) {
      this.startedAt = startedAt;
      return this;
    }

    /** Sets {@link RepositoryResult#endedAt}. */
    public Builder endedAt(@Nullable Instant endedAt) {
      this.endedAt = endedAt;
      return this;
    }

    /** Sets {@link RepositoryResult#durations}. */
    public Builder durations(Map<String, Duration> durations) {
      this.durations = durations;
      return this;
    }

    /** Sets {@link RepositoryResult#turns}. */
    public Builder turns(List<TurnResult> turns) {
      this.turns = turns;
      return this;
    }

    /** Sets {@link RepositoryResult#agentSettings}. */
    public Builder agentSettings(List<String> agentSettings) {
      this.agentSettings = agentSettings;
      return this;
    }

    /** Sets {@link RepositoryResult#treeHash}. */
    public Builder treeHash(@Nullable String treeHash) {
      this.treeHash = treeHash;
      return this;
    }

    /** Sets {@link RepositoryResult#notCarried}. */
    public Builder notCarried(List<NotCarried> notCarried) {
      this.notCarried = notCarried;
      return this;
    }

    /** Sets {@link RepositoryResult#files}. */
    public Builder files(ReviewArtifacts files) {
      this.files = files;
      return this;
    }

    /** Sets {@link RepositoryResult#summary}. */
    public Builder summary(@Nullable String summary) {
      this.summary = summary;
      return this;
    }

    /** Sets {@link RepositoryResult#findings}. */
    public Builder findings(List<Finding> findings) {
      this.findings = findings;
      return this;
    }

    /** Sets {@link RepositoryResult#incremental}. */
    public Builder incremental(@Nullable IncrementalInfo incremental) {
      this.incremental = incremental;
      return this;
    }

    /** Sets {@link RepositoryResult#baseline}. */
    public Builder baseline(@Nullable Baseline baseline) {
      this.baseline = baseline;
      return this;
    }

    /** Sets {@link RepositoryResult#verify}. */
    public Builder verify(@Nullable VerifyResult verify) {
      this.verify = verify;
      return this;
    }

    /** The result, checked. */
    public RepositoryResult build() {
      return new RepositoryResult(
          SCHEMA_VERSION,
          batch,
          index,
          target,
          key,
          generation,
          repository,
          status,
          cause,
          message,
          attempts,
          sessionId,
          agent,
          rehearsal,
          coverage,
          cache,
          usage,
          startedAt,
          endedAt,
          durations,
          turns,
          agentSettings,
          treeHash,
          notCarried,
          files,
          summary,
          findings,
          incremental,
          baseline,
          verify);
    }
  }
}
