package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.Recording;
import dev.repofleet.workflows.testing.Replay;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@code ReplayTest}, for the one workflow that never ends: every upgrade meets its history. */
@Timeout(600)
class PoolReplayTest {
  private static final String NAME = "pool-of-two";

  @BeforeAll
  static void record() {
    if (!Recording.on()) {
      return;
    }
    record(NAME, PoolReplayTest::givesPermits);
    record("pool-held", PoolReplayTest::isHeld);
    record("pool-refused", PoolReplayTest::isRefused);
    record("pool-adopts", PoolReplayTest::adopts);
    record("pool-ends-what-was-given", PoolReplayTest::givesWhatIsNotTaken);
  }

  private static void record(String name, Story story) {
    FakePoolActivities world = new FakePoolActivities();
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      Worker worker = environment.newWorker(Fleet.DEFAULT.taskQueue(), TestFleet.PATIENT);
      worker.registerWorkflowImplementationTypes(SandboxPoolWorkflowImpl.class);
      worker.registerActivitiesImplementations(world);
      environment.start();
      WorkflowClient client = environment.getWorkflowClient();
      String id = Fleet.DEFAULT.poolWorkflowId();
      SandboxPoolWorkflow pool =
          client.newWorkflowStub(
              SandboxPoolWorkflow.class,
              WorkflowOptions.newBuilder()
                  .setWorkflowId(id)
                  .setTaskQueue(Fleet.DEFAULT.taskQueue())
                  .build());
      WorkflowClient.start(pool::run, new PoolInput(1, Fleet.DEFAULT.name(), null, null));
      pool.set(new PoolSettingsChange(2, null, null, null, null, null, null, null));
      story.tell(environment, world, pool);
      Recording.writeHistory(name, client.fetchHistory(id).toJson(true));
    }
  }

  /** What happens to a pool. */
  private interface Story {
    void tell(
        TestWorkflowEnvironment environment, FakePoolActivities world, SandboxPoolWorkflow pool);
  }

  private static void givesPermits(
      TestWorkflowEnvironment environment, FakePoolActivities world, SandboxPoolWorkflow pool) {
    for (int lease = 1; lease <= 3; lease++) {
      pool.acquire(WaitingLineTest.request("b", lease, 1));
    }
    await(environment, world, 2);
    pool.ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
    await(environment, world, 3);
    pool.resume();
    environment.sleep(Duration.ofMinutes(2));
  }

  /** Nobody has a permit, and one waits for it. */
  private static void isHeld(
      TestWorkflowEnvironment environment, FakePoolActivities world, SandboxPoolWorkflow pool) {
    pool.trouble(Inputs.trouble(Cause.MODEL_AUTH));
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    environment.sleep(Duration.ofMinutes(4));
    pool.resume();
    await(environment, world, 1);
    environment.sleep(Duration.ofMinutes(2));
  }

  /** Others have the whole account for a while. */
  private static void isRefused(
      TestWorkflowEnvironment environment, FakePoolActivities world, SandboxPoolWorkflow pool) {
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    for (int replies = 1; replies <= 4; replies++) {
      await(environment, world, replies);
      pool.ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.REFUSED_QUOTA));
    }
    await(environment, world, 5);
    pool.resume();
    environment.sleep(Duration.ofMinutes(2));
  }

  /** One of two places is that of a review which a pool before gave its permit, and which parks. */
  private static void adopts(
      TestWorkflowEnvironment environment, FakePoolActivities world, SandboxPoolWorkflow pool) {
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    await(environment, world, 1);
    world.strays.add(new Stray("s1", "x:run:0", "x", "run", "b", true, Owner.REVIEW));
    TestFleet.await(
        "two leases",
        () -> {
          environment.sleep(Duration.ofSeconds(5));
          return pool.status().leased() == 2;
        });
    pool.acquire(WaitingLineTest.request("b", 2, 1));
    pool.ended(new LeaseEnded("x:run:0", "run", LeaseEnded.How.PARKED, "s1", null, "of-before"));
    environment.sleep(Duration.ofMinutes(2));
    pool.ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
    await(environment, world, 2);
    pool.resume();
    environment.sleep(Duration.ofMinutes(2));
  }

  /** A review that is being released gets a warm sandbox, of which its release knows nothing. */
  private static void givesWhatIsNotTaken(
      TestWorkflowEnvironment environment, FakePoolActivities world, SandboxPoolWorkflow pool) {
    pool.set(new PoolSettingsChange(null, null, null, Map.of("claude", 1), null, null, null, null));
    TestFleet.await(
        "a warm one",
        () -> {
          environment.sleep(Duration.ofMillis(500));
          return world.warm.size() == 1;
        });
    environment.sleep(Duration.ofSeconds(5));
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    await(environment, world, 1);
    pool.ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
    environment.sleep(Duration.ofSeconds(5));
    pool.resume();
    environment.sleep(Duration.ofMinutes(2));
  }

  private static void await(
      TestWorkflowEnvironment environment, FakePoolActivities world, int replies) {
    TestFleet.await(
        replies + " replies",
        () -> {
          environment.sleep(Duration.ofMillis(500));
          return world.replies.size() >= replies;
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        NAME,
        "pool-held-looks-hourly",
        "pool-held",
        "pool-refused-every-five-seconds",
        "pool-refused",
        "pool-adopts-and-hears-one-fence",
        "pool-adopts",
        "pool-forgets-what-was-given",
        "pool-ends-what-was-given"
      })
  void decidesAsItDidThen(String name) throws Exception {
    String history = Recording.read("histories/" + name + ".json");

    assertThat(history).as("what it tells of").contains("InspectPool", "acquire", "resume", "set");
    Replay.of(history, SandboxPoolWorkflowImpl.class);
  }

  @Test
  void wouldNoticeAnotherDecision() {
    String history = Recording.read("histories/" + NAME + ".json");
    String other = history.replace("\"InspectPool\"", "\"Verify\"");

    assertThat(other).isNotEqualTo(history);
    assertThatThrownBy(() -> Replay.of(other, SandboxPoolWorkflowImpl.class))
        .hasStackTraceContaining("Verify");
  }
}
