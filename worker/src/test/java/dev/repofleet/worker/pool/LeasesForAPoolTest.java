package dev.repofleet.worker.pool;

import static dev.repofleet.worker.pool.PoolFixture.FLEET;
import static dev.repofleet.worker.pool.PoolFixture.REVIEW;
import static dev.repofleet.worker.testing.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.sandbox.RecordingPool;
import dev.repofleet.worker.sandbox.SandboxPreparation;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.pool.WarmUpOutcome;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.PauseInput;
import dev.repofleet.workflows.activities.sandbox.PauseOutcome;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseOutcome;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.pool.settings.IdleState;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sandboxes that are leased, paused, released and warmed up by permits. */
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
class LeasesForAPoolTest {
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final String LEASE = REVIEW + ":11111111-2222-3333-4444-555555555555:0";
  private static final String RUN = "99999999-2222-3333-4444-555555555555";

  @TempDir Path folder = Path.of("");
  private @Nullable PoolFixture opened;

  @BeforeEach
  void open() throws Exception {
    opened = new PoolFixture(folder, 2);
  }

  @AfterEach
  void close() {
    fixture().close();
  }

  private PoolFixture fixture() {
    return java.util.Objects.requireNonNull(opened);
  }

  private static LeaseInput lease(long notBefore, @Nullable String warm, boolean lookFirst) {
    return new LeaseInput(FLEET.name(), LEASE, "claude", LIFE, REVIEW, notBefore, warm, lookFirst);
  }

  private String leased(LeaseInput input) {
    return fixture().execute("Lease", input, LeaseOutcome.class).sandboxId();
  }

  private void fault(Fault fault) {
    fixture().server.faults().add(fault);
  }

  @Test
  void a_full_account_ends_the_lease_at_once() {
    fixture().sandbox(Map.of());
    fixture().sandbox(Map.of());

    ApplicationFailure failure = fixture().failure("Lease", lease(0, null, false));

    assertThat(failure.getType()).isEqualTo("sandbox_quota");
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getDetails().get(Long.class)).isNull();
    assertThat(fixture().metrics.scrape())
        .contains("repofleet_sandboxes_refused_total{cause=\"sandbox_quota\"} 1.0");
  }

  /** A person has three quarters of an hour to mend it, in ten attempts. */
  @Test
  void a_key_that_is_refused_is_asked_with_again_and_not_soon() {
    Map<String, String> environment = new HashMap<>(fixture().server.environment());
    environment.put("E2B_API_KEY", "e2b_" + "0".repeat(40));
    TestActivityEnvironment one = TestActivityEnvironment.newInstance();
    try (E2bClient stranger = new E2bClient(E2bOptions.fromEnvironment(environment))) {
      one.registerActivitiesImplementations(fixture().sandboxActivities(stranger));
      SandboxActivities activities =
          one.newActivityStub(
              SandboxActivities.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Waiting.LONG)
                  .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                  .build());

      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> activities.lease(lease(0, null, false)),
              () -> activities.wake(new WakeInput(LEASE, "isandbox", LIFE, 0)))) {
        assertThatThrownBy(call)
            .cause()
            .isInstanceOfSatisfying(
                ApplicationFailure.class,
                failure -> {
                  assertThat(failure.getType()).isEqualTo("internal");
                  assertThat(failure.getOriginalMessage()).contains("E2B refuses the key");
                  assertThat(failure.isNonRetryable()).isFalse();
                  assertThat(failure.getNextRetryDelay()).isEqualTo(Duration.ofMinutes(5));
                });
      }
    } finally {
      one.close();
    }
  }

  @Test
  void a_refusal_of_the_rate_says_how_long_to_wait() {
    fault(
        Fault.of(FaultKind.RATE_LIMITED)
            .on(FaultRoute.CREATE)
            .retryAfterSeconds(7)
            .always()
            .build());

    ApplicationFailure failure = fixture().failure("Lease", lease(0, null, false));

    assertThat(failure.getType()).isEqualTo("sandbox_create_rate");
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getDetails().get(Long.class)).isEqualTo(7);
  }

  /** Else the pool would count a place as free that a sandbox has. */
  @Test
  void a_refusal_after_the_create_is_no_refusal_of_the_sandbox() {
    fault(Fault.of(FaultKind.RATE_LIMITED).on(FaultRoute.CONNECT).retryAfterSeconds(1).build());

    String leased = leased(lease(0, null, false));

    assertThat(fixture().ids()).containsExactly(leased);
  }

  @Test
  void a_create_whose_answer_was_lost_is_found_by_the_next_attempt() {
    fault(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.CREATE).build());

    String leased = leased(lease(0, null, false));

    assertThat(fixture().ids()).containsExactly(leased);
  }

  @Test
  void labels_name_fleet_pool_lease_attempt_review_run_and_namespace() {
    leased(lease(0, null, false));

    SandboxInfo sandbox = fixture().sandboxes().get(0);
    assertThat(sandbox.metadata())
        .containsEntry("fleet", "repofleet")
        .containsEntry("pool", "sandbox-pool/default")
        .containsEntry("lease", LEASE)
        .containsEntry("attempt", "1")
        .containsEntry("workflow", REVIEW)
        .containsKeys("run", "namespace");
  }

  @Test
  void a_warm_sandbox_is_taken_and_one_that_has_died_is_replaced() {
    String warm = fixture().sandbox(Map.of("lease", "warm:0"));
    fixture().e2b.kill(warm);

    String leased = leased(lease(0, warm, false));

    assertThat(leased).isNotEqualTo(warm);
    assertThat(fixture().ids()).containsExactly(leased);
  }

  @Test
  void who_was_refused_before_looks_first() {
    String before =
        fixture().sandbox(Map.of("fleet", "repofleet", "lease", LEASE, "run", "another"));

    String leased = leased(lease(0, null, true));

    assertThat(fixture().ids()).containsExactly(leased).doesNotContain(before);
  }

  @Test
  void a_slot_is_waited_for_but_never_longer_than_the_servers_clock_allows() {
    Instant begun = Instant.now();
    Duration slot = Duration.ofSeconds(5); // who begins a second after it is too late for it
    leased(lease(begun.plus(slot).toEpochMilli(), null, false));

    assertThat(Duration.between(begun, Instant.now())).isGreaterThan(slot.minusMillis(100));
  }

  @Test
  void a_paused_sandbox_gives_its_permit_back_and_one_that_is_gone_says_nothing() {
    String sandbox = fixture().sandbox(Map.of());
    PauseInput input = new PauseInput(sandbox, FLEET.name(), LEASE, RUN, null);

    assertThat(fixture().execute("Pause", input, PauseOutcome.class).paused()).isTrue();
    assertThat(fixture().execute("Pause", input, PauseOutcome.class).paused())
        .as("repeated")
        .isTrue();
    fixture().e2b.kill(sandbox);
    assertThat(fixture().execute("Pause", input, PauseOutcome.class).paused()).isFalse();

    String told = "parked " + LEASE + " " + sandbox;
    until(
        "both pauses are told",
        Waiting.LONG,
        () -> fixture().heard().equals(List.of("began for repofleet", told, told)));
  }

  @Test
  void a_release_is_told_once_everything_of_the_lease_is_gone() {
    String sandbox = leased(lease(0, null, false));
    fixture().sandbox(Map.of("fleet", "repofleet", "lease", LEASE));

    ReleaseOutcome outcome =
        fixture()
            .execute(
                "Release",
                new ReleaseInput(FLEET.name(), LEASE, sandbox, RUN, false, false),
                ReleaseOutcome.class);

    assertThat(outcome.killed()).isEqualTo(2);
    assertThat(fixture().ids()).isEmpty();
    until(
        "the release is told",
        Waiting.LONG,
        () ->
            fixture()
                .heard()
                .equals(List.of("began for repofleet", "released " + LEASE + " " + sandbox)));
  }

  @Test
  void a_release_leaves_what_a_reset_of_the_review_has_created_since() {
    String resetRun = fixture().open("review/b/reset");
    String lease = "review/b/reset:11111111-2222-3333-4444-555555555555:0";
    String theirs =
        fixture().sandbox(Map.of("fleet", "repofleet", "lease", lease, "run", resetRun));
    fixture().sandbox(Map.of("fleet", "repofleet", "lease", lease, "run", RUN));
    RecordingPool pool = new RecordingPool();
    pool.open.add(resetRun);
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    TestActivityEnvironment old = TestActivityEnvironment.newInstance();
    try {
      old.registerActivitiesImplementations(
          pool.activities(
              fixture().e2b, new SandboxPreparation(store, new PlanSource(store), Map.of())));
      old.newActivityStub(SandboxActivities.class)
          .release(new ReleaseInput(FLEET.name(), lease, null, RUN, true, false));
    } finally {
      old.close();
    }
    assertThat(pool.told).containsExactly(LeaseEnded.of(lease, RUN, LeaseEnded.How.RELEASED));
    assertThat(fixture().ids()).containsExactly(theirs);
  }

  @Test
  void a_warm_sandbox_has_its_label_and_waits_as_it_should() {
    for (IdleState state : IdleState.values()) {
      fault(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.CREATE).build());
      WarmUpOutcome outcome =
          fixture()
              .execute(
                  "pool",
                  "WarmUp",
                  new WarmUpInput(FLEET.name(), "warm:" + state, "claude", state, LIFE, 0),
                  WarmUpOutcome.class);

      SandboxInfo warm =
          fixture().sandboxes().stream()
              .filter(one -> one.sandboxId().equals(outcome.sandboxId()))
              .findAny()
              .orElseThrow();
      assertThat(warm.metadata())
          .containsEntry("lease", "warm:" + state)
          .containsEntry("pool", "sandbox-pool/default")
          .doesNotContainKey("workflow");
      assertThat(warm.state())
          .isEqualTo(state == IdleState.PAUSED ? SandboxState.PAUSED : SandboxState.RUNNING);
    }
    assertThat(fixture().ids()).hasSize(2);
  }
}
