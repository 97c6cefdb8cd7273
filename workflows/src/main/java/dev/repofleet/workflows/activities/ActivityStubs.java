package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.StopActivities;
import dev.repofleet.workflows.activities.batch.BatchActivities;
import dev.repofleet.workflows.activities.batch.BatchLineActivities;
import dev.repofleet.workflows.activities.batch.GateActivities;
import dev.repofleet.workflows.activities.batch.WebhookActivities;
import dev.repofleet.workflows.activities.git.GitActivities;
import dev.repofleet.workflows.activities.pool.PoolActivities;
import dev.repofleet.workflows.activities.publish.PublishActivities;
import dev.repofleet.workflows.activities.report.ReportActivities;
import dev.repofleet.workflows.activities.review.ReviewActivities;
import dev.repofleet.workflows.activities.review.VerifyActivities;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import dev.repofleet.workflows.activities.schedule.ScheduleActivities;
import dev.repofleet.workflows.activities.worker.WorkerActivities;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * The activities with the timeouts and retries each is called with; the table in the project's
 * architecture page, as code. For workflow code only.
 */
public final class ActivityStubs {
  private static final Duration HEARTBEAT = Duration.ofSeconds(30);

  private final Fleet fleet;
  private final String summary;

  /**
   * Stubs for one workflow run.
   *
   * @param fleet whose task queues are used
   * @param summary shown beside each activity in the UI's timeline
   */
  public ActivityStubs(Fleet fleet, String summary) {
    this.fleet = fleet;
    this.summary = Excerpt.of(summary, Excerpt.SUMMARY);
  }

  /** On the run task queue: it says what the workers that run agents can do. */
  public WorkerActivities worker() {
    return Workflow.newActivityStub(
        WorkerActivities.class,
        quick().setTaskQueue(fleet.runTaskQueue()).setSummary(summary).build());
  }

  /** As {@link #worker}, but where it never waits for a place among the runs of agents. */
  public WorkerActivities checking() {
    return Workflow.newActivityStub(WorkerActivities.class, quick().build());
  }

  /** Quick questions about the targets of a batch and about its reviews that are silent. */
  public BatchActivities batch() {
    return Workflow.newActivityStub(BatchActivities.class, quick().build());
  }

  /**
   * A manifest of a million rows is copied in seconds. Without end: nobody would come to start a
   * run anew that a store's outage has lost.
   */
  public ScheduleActivities scheduling() {
    return Workflow.newActivityStub(
        ScheduleActivities.class, options(Duration.ofMinutes(5), 0).build());
  }

  /** A local activity: one call to the server, which a task of its own would make five times. */
  public GateActivities gate() {
    return Workflow.newLocalActivityStub(GateActivities.class, quickLocal());
  }

  /** A local activity, as {@link #gate} is. */
  public BatchLineActivities reportingBack() {
    return Workflow.newLocalActivityStub(BatchLineActivities.class, quickLocal());
  }

  /** One question to a Git host; a host that is away is asked for some minutes. */
  public GitActivities resolving() {
    return Workflow.newActivityStub(GitActivities.class, quick().build());
  }

  /** For a person who waits for an estimate: a host that does not answer is asked three times. */
  public GitActivities estimating() {
    return Workflow.newActivityStub(
        GitActivities.class,
        options(Duration.ofMinutes(1), 3).setScheduleToCloseTimeout(Duration.ofMinutes(5)).build());
  }

  /** Fifteen minutes an attempt, for what is large or far; its heartbeat tells a lost worker. */
  public GitActivities cloning() {
    return Workflow.newActivityStub(
        GitActivities.class,
        options(Duration.ofMinutes(15), 5).setHeartbeatTimeout(HEARTBEAT).build());
  }

  /** What the agent changed, read out of the sandbox. */
  public GitActivities diffing() {
    return Workflow.newActivityStub(GitActivities.class, options(Duration.ofMinutes(5), 5).build());
  }

  /** One attempt: a command of which nothing is known any more is not started twice. */
  public VerifyActivities verifying(Duration time) {
    return Workflow.newActivityStub(
        VerifyActivities.class,
        options(time.plusMinutes(2), 1).setHeartbeatTimeout(HEARTBEAT).build());
  }

  /**
   * A full account ends it at once: the permit goes back, and the pool says when to try again. A
   * cancellation waits for the attempt under way: it does not hear of it, and a sandbox that it
   * creates after the release would stay behind. Between two attempts it takes effect at once.
   */
  public SandboxActivities leasing() {
    return Workflow.newActivityStub(
        SandboxActivities.class,
        options(Duration.ofMinutes(3), 10)
            .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
            .build());
  }

  /**
   * Local activities between reviews and their pool: a signal each, sent again until the server has
   * it.
   */
  public PoolActivities telling() {
    return Workflow.newLocalActivityStub(
        PoolActivities.class,
        LocalActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(10))
            // No number means without end, but for local activities none (seen, SDK 1.38.0).
            .setRetryOptions(retry(Integer.MAX_VALUE, Duration.ofSeconds(30)))
            .build());
  }

  /**
   * Local activities by which a pool tells reviews and batches. A few attempts: what was not told
   * is asked for again.
   */
  public PoolActivities delivering() {
    return Workflow.newLocalActivityStub(
        PoolActivities.class,
        LocalActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(10))
            .setRetryOptions(retry(3, Duration.ofSeconds(2)))
            .build());
  }

  /** A look at the account and at leases' holders, and what is deleted or created for the pool. */
  public PoolActivities pooling() {
    return Workflow.newActivityStub(
        PoolActivities.class, options(Duration.ofMinutes(3), 5).build());
  }

  /** Scripts, plan files and, after a loss, the checkpoint brought into a sandbox. */
  public SandboxActivities preparing() {
    return Workflow.newActivityStub(
        SandboxActivities.class, options(Duration.ofMinutes(5), 5).build());
  }

  /** What gives a sandbox back, or pauses it. */
  public SandboxActivities releasing() {
    return Workflow.newActivityStub(SandboxActivities.class, last().build());
  }

  /** What ends the agent's processes of a turn. */
  public StopActivities stopping() {
    return Workflow.newActivityStub(StopActivities.class, last().build());
  }

  /** A review's result. */
  public ReportActivities reporting() {
    return Workflow.newActivityStub(ReportActivities.class, last().build());
  }

  /** A batch's report reads a file a target: some hundred of them a second on a slow store. */
  public ReportActivities reportingBatch(int targets) {
    return Workflow.newActivityStub(
        ReportActivities.class,
        last().setStartToCloseTimeout(Duration.ofMinutes(2).plusMillis(2L * targets)).build());
  }

  /** A few attempts: a webhook that nobody answers must not keep a batch from its end for long. */
  public WebhookActivities notifying() {
    return Workflow.newActivityStub(
        WebhookActivities.class,
        options(Duration.ofSeconds(15), 4)
            .setScheduleToCloseTimeout(Duration.ofSeconds(45))
            .build());
  }

  /** The judgement of an answer, from the artifact store alone. */
  public ReviewActivities reviewing() {
    return Workflow.newActivityStub(ReviewActivities.class, quick().build());
  }

  /**
   * Unlimited attempts, one second apart: an attempt is only a follower of a process that runs
   * anyway, and the sooner the next one is there the better. A cancellation does not wait for it,
   * since it lets go and stops nothing.
   */
  public AgentActivities running(Duration agentTime, Duration heartbeatTimeout, String turn) {
    return Workflow.newActivityStub(
        AgentActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(fleet.runTaskQueue())
            .setStartToCloseTimeout(agentTime.plusMinutes(10))
            .setHeartbeatTimeout(heartbeatTimeout)
            .setCancellationType(ActivityCancellationType.TRY_CANCEL)
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofSeconds(1))
                    .setBackoffCoefficient(1.0)
                    .build())
            .setSummary(summary + ": " + turn)
            .build());
  }

  /** Targets that can't be read now must not end a batch of thousands: without end. */
  public BatchActivities reading() {
    return Workflow.newActivityStub(
        BatchActivities.class, options(Duration.ofMinutes(1), 0).build());
  }

  /**
   * A host may be away for minutes; what a forge limits ends at once, and the workflow holds all.
   */
  public PublishActivities publishing() {
    return Workflow.newActivityStub(
        PublishActivities.class,
        options(Duration.ofMinutes(20), 20)
            .setScheduleToCloseTimeout(Duration.ofHours(24))
            .setHeartbeatTimeout(HEARTBEAT)
            .build());
  }

  /** Names alone. */
  public PublishActivities listingPublishable() {
    return Workflow.newActivityStub(PublishActivities.class, quick().build());
  }

  private ActivityOptions.Builder quick() {
    return options(Duration.ofMinutes(1), 10);
  }

  private static LocalActivityOptions quickLocal() {
    return LocalActivityOptions.newBuilder()
        .setStartToCloseTimeout(Duration.ofMinutes(1))
        .setRetryOptions(retry(10, Duration.ofSeconds(30)))
        .build();
  }

  /** Stop, release, report: what must happen whatever else did. */
  private ActivityOptions.Builder last() {
    return ActivityOptions.newBuilder()
        .setTaskQueue(fleet.taskQueue())
        .setStartToCloseTimeout(Duration.ofMinutes(2))
        .setRetryOptions(retry(20, Duration.ofSeconds(60)))
        .setSummary(summary);
  }

  private ActivityOptions.Builder options(Duration startToClose, int attempts) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(fleet.taskQueue())
        .setStartToCloseTimeout(startToClose)
        .setRetryOptions(retry(attempts, Duration.ofSeconds(30)))
        .setSummary(summary);
  }

  private static RetryOptions retry(int attempts, Duration cap) {
    return RetryOptions.newBuilder()
        .setInitialInterval(Duration.ofSeconds(1))
        .setBackoffCoefficient(2.0)
        .setMaximumInterval(cap)
        .setMaximumAttempts(attempts)
        .build();
  }
}
