package dev.repofleet.starter.review;

import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.target.TargetFilter;
import dev.repofleet.starter.target.TargetSource;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.progress.BatchInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code review} was asked for. Immutable; made by {@link #builder}. */
public final class ReviewRequest {
  /** Repositories in work at once, for who did not say. */
  private static final int DEFAULT_CONCURRENCY = 10;

  private final List<String> targets;
  private final @Nullable String list;
  private final @Nullable TargetSource source;
  private final TargetFilter filter;
  private final boolean skipInvalid;
  private final String plan;
  private final @Nullable String batch;
  private final int concurrency;
  private final BatchLimits limits;
  private final @Nullable String out;
  private final Fleet fleet;
  private final AgentKind agent;
  private final boolean json;
  private final boolean detach;
  private final boolean local;
  private final @Nullable Path data;
  private final boolean acceptLocalRisk;
  private final boolean useCache;
  private final boolean dryRun;

  private ReviewRequest(Builder builder) {
    this.targets = List.copyOf(builder.targets);
    this.list = builder.list;
    this.source = builder.source;
    this.filter = builder.filter;
    this.skipInvalid = builder.skipInvalid;
    this.plan = builder.plan;
    this.batch = builder.batch;
    this.concurrency = builder.concurrency;
    this.limits = builder.limits;
    this.out = builder.out;
    this.fleet = builder.fleet;
    this.agent = builder.agent;
    this.json = builder.json;
    this.detach = builder.detach;
    this.local = builder.local;
    this.data = builder.data;
    this.acceptLocalRisk = builder.acceptLocalRisk;
    this.useCache = builder.useCache;
    this.dryRun = builder.dryRun;
    if (dryRun) {
      requireNothingOfABatch();
    }
    if (concurrency < 1 || concurrency > BatchInput.MAX_WINDOW) {
      throw new IllegalArgumentException(
          "--concurrency is 1 to " + BatchInput.MAX_WINDOW + ", not " + concurrency);
    }
    if (detach && local) {
      throw new IllegalArgumentException(
          "--detach and --local don't go together: the local stack ends with this command; run"
              + " `repofleet up` in another shell");
    }
    if (detach && out != null) {
      throw new IllegalArgumentException(
          "--detach and --out don't go together: results are copied when the batch has ended");
    }
    if (data != null && !local) {
      throw new IllegalArgumentException("--data belongs to --local: add that, or drop it");
    }
  }

  private void requireNothingOfABatch() {
    String what =
        detach
            ? "--detach don't go together: no batch is started that could be left to itself"
            : out != null
                ? "--out don't go together: no results come of it that could be copied"
                : batch != null ? "--batch don't go together: no batch gets that id" : null;
    if (what != null) {
      throw new IllegalArgumentException("--dry-run and " + what);
    }
  }

  /** For these targets: URLs, owner/name or paths. */
  public static Builder builder(List<String> targets) {
    return new Builder(targets);
  }

  /** Targets that were typed. */
  public List<String> targets() {
    return targets;
  }

  /** A file with more of them, {@code -} for standard input; absent without one. */
  public @Nullable String list() {
    return list;
  }

  /** What names more of them; absent without one. */
  public @Nullable TargetSource source() {
    return source;
  }

  /** Which of them are taken. */
  public TargetFilter filter() {
    return filter;
  }

  /** Whether those that can't be used are left out, in place of refusing all. */
  public boolean skipInvalid() {
    return skipInvalid;
  }

  /**
   * Its plan, read.
   *
   * @throws CommandException with exit code 2 when there is none or it has mistakes, or when the
   *     batch's budget would let it review nothing
   */
  public Plan load(Path workingDirectory) {
    Plan loaded = new PlanLoader(workingDirectory).load(plan);
    Double budget = limits.budgetUsd();
    double cap = loaded.limits().budgetUsd();
    double least = BatchLimits.leastShareUsd(cap);
    if (budget != null && budget < least) {
      throw CommandException.wrongUse(
          String.format(
              Locale.ROOT,
              "--budget-usd %.2f starts nothing: one repository may cost $%.2f by the plan's"
                  + " limits.budgetUsd, and is not started with less than $%.2f; raise the one or"
                  + " lower the other",
              budget,
              cap,
              least));
    }
    return loaded;
  }

  Optional<String> batch() {
    return Optional.ofNullable(batch);
  }

  /** Most repositories in work at once. */
  public int concurrency() {
    return concurrency;
  }

  /** Where the batch stops by itself. */
  public BatchLimits limits() {
    return limits;
  }

  Optional<String> out() {
    return Optional.ofNullable(out);
  }

  /** Whose workers review. */
  public Fleet fleet() {
    return fleet;
  }

  /** What reviews. */
  public AgentKind agent() {
    return agent;
  }

  boolean json() {
    return json;
  }

  boolean detach() {
    return detach;
  }

  boolean local() {
    return local;
  }

  @Nullable Path data() {
    return data;
  }

  boolean acceptLocalRisk() {
    return acceptLocalRisk;
  }

  /** Whether a repository is skipped that is as it was at an earlier result. */
  public boolean useCache() {
    return useCache;
  }

  boolean dryRun() {
    return dryRun;
  }

  /** Collects what is asked for; not thread-safe. */
  public static final class Builder {
    private final List<String> targets;
    private @Nullable String list;
    private @Nullable TargetSource source;
    private TargetFilter filter = TargetFilter.ALL;
    private boolean skipInvalid;
    private String plan = "security";
    private @Nullable String batch;
    private int concurrency = DEFAULT_CONCURRENCY;
    private BatchLimits limits = BatchLimits.NONE;
    private @Nullable String out;
    private Fleet fleet = Fleet.DEFAULT;
    private AgentKind agent = AgentKind.CLAUDE;
    private boolean json;
    private boolean detach;
    private boolean local;
    private @Nullable Path data;
    private boolean acceptLocalRisk;
    private boolean useCache = true;
    private boolean dryRun;

    private Builder(List<String> targets) {
      this.targets = targets;
    }

    /** A file with more targets, {@code -} for standard input; default none. */
    public Builder list(@Nullable String value) {
      list = value;
      return this;
    }

    /** What names more targets, as a forge; default none. */
    public Builder source(@Nullable TargetSource value) {
      source = value;
      return this;
    }

    /** Which of the targets are taken; default all. */
    public Builder filter(TargetFilter value) {
      filter = Objects.requireNonNull(value, "filter");
      return this;
    }

    /** Whether targets that can't be used are left out, in place of refusing all; default no. */
    public Builder skipInvalid(boolean value) {
      skipInvalid = value;
      return this;
    }

    /** A preset's name or a file; default {@code security}. */
    public Builder plan(String value) {
      plan = Objects.requireNonNull(value, "plan");
      return this;
    }

    /** The batch's id; default one made of the time. */
    public Builder batch(@Nullable String value) {
      batch = value;
      return this;
    }

    /** Most repositories in work at once, 1 to 500; default 10. */
    public Builder concurrency(int value) {
      concurrency = value;
      return this;
    }

    /** Where the batch stops by itself; default nowhere. */
    public Builder limits(BatchLimits value) {
      limits = Objects.requireNonNull(value, "limits");
      return this;
    }

    /** The folder results are copied to; default none. */
    public Builder out(@Nullable String value) {
      out = value;
      return this;
    }

    /** Whose workers review; default {@link Fleet#DEFAULT}. */
    public Builder fleet(Fleet value) {
      fleet = value;
      return this;
    }

    /** Default {@link AgentKind#CLAUDE}. */
    public Builder agent(AgentKind value) {
      agent = Objects.requireNonNull(value, "agent");
      return this;
    }

    /** Whether events go to standard output as JSON lines; default no. */
    public Builder json(boolean value) {
      json = value;
      return this;
    }

    /** Whether to start only, and not watch; default no. */
    public Builder detach(boolean value) {
      detach = value;
      return this;
    }

    /** Whether to run the stack on this machine for this batch; default no. */
    public Builder local(boolean value) {
      local = value;
      return this;
    }

    /** The local stack's data folder; default that of the environment. */
    public Builder data(@Nullable Path value) {
      data = value;
      return this;
    }

    /** Whether a real agent may run on this machine without isolation; default no. */
    public Builder acceptLocalRisk(boolean value) {
      acceptLocalRisk = value;
      return this;
    }

    /** Whether a repository is skipped that is as it was at an earlier result; default yes. */
    public Builder useCache(boolean value) {
      useCache = value;
      return this;
    }

    /** Whether only to look what would be reviewed and what it may cost; default no. */
    public Builder dryRun(boolean value) {
      dryRun = value;
      return this;
    }

    /**
     * Freezes.
     *
     * @throws IllegalArgumentException with a sentence when parts don't go together
     */
    public ReviewRequest build() {
      return new ReviewRequest(this);
    }
  }
}
