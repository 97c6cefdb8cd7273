package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.IdleState;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class SandboxPoolWorkflowTest {
  private static final String ID = Fleet.DEFAULT.poolWorkflowId();

  private final FakePoolActivities world = new FakePoolActivities();
  private final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
  private final WorkflowClient client = environment.getWorkflowClient();

  @BeforeEach
  void start() {
    Worker worker = environment.newWorker(Fleet.DEFAULT.taskQueue(), TestFleet.PATIENT);
    worker.registerWorkflowImplementationTypes(SandboxPoolWorkflowImpl.class);
    worker.registerActivitiesImplementations(world);
    environment.start();
  }

  @AfterEach
  void close() {
    environment.close();
  }

  private void begin(@Nullable PoolSettings settings) {
    WorkflowClient.start(
        client.newWorkflowStub(
                SandboxPoolWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(ID)
                    .setTaskQueue(Fleet.DEFAULT.taskQueue())
                    .setWorkflowTaskTimeout(TestFleet.TASK)
                    .build())
            ::run,
        new PoolInput(1, Fleet.DEFAULT.name(), settings, null));
  }

  private SandboxPoolWorkflow pool() {
    return client.newWorkflowStub(SandboxPoolWorkflow.class, ID);
  }

  private void acquire(String... leases) {
    for (String lease : leases) {
      pool().acquire(WaitingLineTest.request("b", Integer.parseInt(lease), 1));
    }
  }

  private void awaitReplies(int count) {
    await(count + " replies", () -> world.replies.size() >= count);
  }

  /** The server's time passes meanwhile. */
  private void await(String what, BooleanSupplier condition) {
    TestFleet.await(
        what,
        () -> {
          boolean holds = condition.getAsBoolean();
          if (!holds) {
            environment.sleep(Duration.ofMillis(500));
          }
          return holds;
        });
  }

  private static PoolSettings places(int maximum) {
    return PoolSettings.DEFAULT.with(
        new PoolSettingsChange(maximum, null, null, null, null, null, null, null));
  }

  @Test
  void permitsAreGivenUpToTheMaximumAndWhenOneComesBack() {
    begin(places(2));
    acquire("1", "2", "3");
    awaitReplies(2);
    assertThat(pool().status().waiting()).isEqualTo(1);
    assertThat(pool().status().waitingByBatch()).isEqualTo(Map.of("b", 1));
    pool().ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
    awaitReplies(3);
    assertThat(world.replies).extracting(PermitReply::leaseId).containsExactly("b-1", "b-2", "b-3");
    assertThat(pool().status().total()).isEqualTo(2);
  }

  @Test
  void aPoolThatIsAloneGivesTheFirstPermitAtOnce() {
    begin(null);
    acquire("1");
    awaitReplies(1);
    assertThat(timesItLearned()).isZero();
    assertThat(world.looks).hasSize(1);
  }

  private long timesItLearned() {
    return client.fetchHistory(ID).getHistory().getEventsList().stream()
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_TIMER_STARTED)
        .map(event -> event.getTimerStartedEventAttributes().getStartToFireTimeout())
        .filter(time -> time.getSeconds() == SandboxPoolWorkflowImpl.LEARNS.toSeconds())
        .count();
  }

  @Test
  void aPoolThatFindsSandboxesLearnsFirstWhoseTheyAre() {
    world.strays.add(
        new Stray("s1", "review/b/x:run:0", "review/b/x", "run", "b", true, Owner.REVIEW));
    world.strays.add(
        new Stray("s2", "review/b/y:run:0", "review/b/y", null, "b", true, Owner.NOBODY));
    long before = environment.currentTimeMillis();
    begin(places(2));
    acquire("1");
    awaitReplies(1);
    assertThat(environment.currentTimeMillis() - before)
        .isGreaterThanOrEqualTo(SandboxPoolWorkflowImpl.LEARNS.toMillis());
    assertThat(world.ended).containsExactly("review/b/y:run:0");
    assertThat(pool().status().leased()).isEqualTo(2);
  }

  @Test
  void aPoolLooksUntilItHasSeenAllThereIsBeforeItGivesAPermit() {
    findMany(1_200, Owner.REVIEW);
    begin(places(1_200));
    acquire("1");
    await("all are known", () -> pool().status().leased() >= 1_200);
    environment.sleep(Duration.ofSeconds(5));
    assertThat(world.replies).isEmpty();
    assertThat(world.looks).hasSize(3);
    assertThat(timesItLearned()).isEqualTo(1);
  }

  /** Else it would never give a permit: each look finds the same ones. */
  @Test
  void aPoolDoesNotWaitUntilItKnowsWhoseTheyAreThatNobodyKnows() {
    findMany(600, Owner.UNKNOWN);
    begin(places(600));
    acquire("1");
    awaitReplies(1);
    assertThat(world.looks).hasSize(2);
  }

  private void findMany(int count, Owner owner) {
    List<Stray> many = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String review = "review/b/x" + i;
      many.add(new Stray("s" + i, review + ":run:0", review, "run", "b", true, owner));
    }
    world.strays.addAll(many);
  }

  @Test
  void settingsOfTheRunBeforeAreTakenUp() {
    world.before = places(7);
    begin(null);
    acquire("1");
    awaitReplies(1);
    assertThat(pool().status().settings().maximumPoolSize()).isEqualTo(7);
  }

  @Test
  void nothingIsGivenWhileTheWorldCannotBeLookedAt() {
    world.away = true;
    begin(null);
    acquire("1");
    await("two looks", () -> world.looks.size() >= 2);
    assertThat(world.replies).isEmpty();
    world.away = false;
    awaitReplies(1);
  }

  @Test
  void aPoolThatWasResetLooksBeforeItGivesAPermit() {
    begin(places(1));
    acquire("1");
    awaitReplies(1);
    pool().ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
    world.wasReset = true;
    world.strays.add(
        new Stray("s1", "review/b/x:run:0", "review/b/x", "run", "b", true, Owner.REVIEW));
    acquire("2");
    await("a look after the Reset", () -> world.looks.size() >= 2);
    await("the lease is known again", () -> pool().status().leased() == 1);
    assertThat(world.replies).hasSize(1);
    pool().ended(LeaseEnded.of("review/b/x:run:0", "run", LeaseEnded.How.RELEASED));
    awaitReplies(2);
    assertThat(world.replies.get(1).leaseId()).isEqualTo("b-2");
  }

  @Test
  void aHolderThatEndedWithoutAWordIsFoundAndItsSandboxEnded() {
    begin(places(1));
    acquire("1", "2");
    awaitReplies(1);
    world.closedHolders.add("b-1");
    awaitReplies(2);
    assertThat(world.ended).contains("b-1");
    assertThat(world.replies.get(1).leaseId()).isEqualTo("b-2");
  }

  @Test
  void warmSandboxesAreKeptReady() {
    begin(
        PoolSettings.DEFAULT.with(
            new PoolSettingsChange(
                null, null, null, Map.of("claude", 2), IdleState.PAUSED, null, null, null)));
    await("two warm ones", () -> pool().status().warm() == 2 && world.warm.size() == 2);
    acquire("1");
    awaitReplies(1);
    assertThat(world.replies.get(0).sandboxId()).startsWith("warm-");
    await("it is replaced", () -> world.warm.size() == 3);
  }

  @Test
  void batchesHearOfAHoldAndOfItsEnd() {
    begin(null);
    acquire("1");
    awaitReplies(1);
    pool().trouble(Inputs.trouble(Cause.MODEL_CREDIT));
    await("the batch is told", () -> world.batchesTold.size() == 1);
    assertThat(pool().resume().heldFor()).isEqualTo("the model's account has no credit left");
    await("and told again", () -> world.batchesTold.size() == 2);
    assertThat(world.batchesTold)
        .containsExactly(
            "b: BatchHold[reason=the model's account has no credit left]",
            "b: BatchHold[reason=null]");
  }

  /** By looks alone it is known outside that reviews wait, and what for. */
  @Test
  void aHeldPoolThatHoldsNothingIsLookedAtEveryMinute() {
    begin(null);
    pool().trouble(Inputs.trouble(Cause.MODEL_AUTH));
    acquire("1");
    long before = environment.currentTimeMillis();
    await("looks", () -> world.looks.size() >= 4);
    assertThat(environment.currentTimeMillis() - before)
        .isLessThan(Duration.ofMinutes(5).toMillis());
    assertThat(world.looks.get(3).waiting()).isEqualTo(1);
    assertThat(world.looks.get(3).held()).isEqualTo(Cause.MODEL_AUTH.sentence());
  }

  @Test
  void settingsOutOfTheirBoundsAreRefusedAndOthersAreInForceAtOnce() {
    begin(places(1));
    acquire("1", "2");
    awaitReplies(1);
    PoolSettingsChange none = new PoolSettingsChange(0, null, null, null, null, null, null, null);
    assertThatThrownBy(() -> pool().set(none))
        .isInstanceOf(WorkflowUpdateException.class)
        .hasStackTraceContaining("maximumPoolSize of the pool must be 1 to 10000");
    pool().set(new PoolSettingsChange(2, null, null, null, null, null, null, null));
    awaitReplies(2);
  }

  /** The test server suggests it at 4 MiB of history: signals that mean nothing make it so long. */
  @Test
  void itContinuesAsNewAndForgetsNobody() {
    begin(places(1));
    acquire("1", "2");
    awaitReplies(1);
    String firstRun = runId();
    LeaseEnded stranger = LeaseEnded.of("k".repeat(900_000), "run", LeaseEnded.How.RELEASED);
    for (int i = 0; i < 5; i++) {
      pool().ended(stranger);
    }
    await("the next run", () -> !runId().equals(firstRun));
    assertThat(pool().status().leased()).isEqualTo(1);
    assertThat(pool().status().waiting()).isEqualTo(1);
    assertThat(pool().status().settings().maximumPoolSize()).isEqualTo(1);
    pool().ended(LeaseEnded.of("b-1", "run-b-1", LeaseEnded.How.RELEASED));
    awaitReplies(2);
    assertThat(world.replies.get(1).leaseId()).isEqualTo("b-2");
    assertThat(world.looks).as("it needs no look").hasSize(1);
  }

  private String runId() {
    return WorkflowStub.fromTyped(pool()).describe().getExecution().getRunId();
  }

  @Test
  void nothingIsLeftWhenThePoolIsTerminatedButItsName() {
    begin(null);
    acquire("1");
    awaitReplies(1);
    WorkflowStub.fromTyped(pool()).terminate("by a person");
    assertThat(client.fetchHistory(ID).getHistory().getEventsList())
        .extracting(event -> event.getEventType())
        .contains(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED);
    begin(null);
    acquire("1");
    awaitReplies(2);
    assertThat(List.of(world.replies.get(0).leaseId(), world.replies.get(1).leaseId()))
        .containsExactly("b-1", "b-1");
  }
}
