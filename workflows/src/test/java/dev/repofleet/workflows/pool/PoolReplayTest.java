package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.testing.Recording;
import dev.repofleet.workflows.testing.Replay;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As {@code ReplayTest}, for the one workflow that never ends: every upgrade meets its history. */
@Timeout(60)
class PoolReplayTest {
  private static final String NAME = "pool-of-two";

  @BeforeAll
  static void record() {
    if (!Recording.on()) {
      return;
    }
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
      for (int lease = 1; lease <= 3; lease++) {
        pool.acquire(WaitingLineTest.request("b", lease, 1));
      }
      await(environment, world, 2);
      pool.ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
      await(environment, world, 3);
      pool.resume();
      environment.sleep(Duration.ofMinutes(2));
      Recording.writeHistory(NAME, client.fetchHistory(id).toJson(true));
    }
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

  @Test
  void decidesAsItDidThen() throws Exception {
    String history = Recording.read("histories/" + NAME + ".json");

    assertThat(history)
        .as("what it tells of")
        .contains("InspectPool", "acquire", "ended", "resume", "set");
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
