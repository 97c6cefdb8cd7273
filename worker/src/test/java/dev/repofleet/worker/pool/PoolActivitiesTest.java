package dev.repofleet.worker.pool;

import static dev.repofleet.worker.pool.PoolFixture.FLEET;
import static dev.repofleet.worker.pool.PoolFixture.REVIEW;
import static dev.repofleet.worker.testing.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.SandboxListing;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.AcquireInput;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.activities.pool.EndLeasesInput;
import dev.repofleet.workflows.activities.pool.EndLeasesInput.Left;
import dev.repofleet.workflows.activities.pool.EndLeasesOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspection.Holder;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.activities.pool.PoolNews;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.progress.BatchHold;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
class PoolActivitiesTest {
  private static final String POOL = "the-pool";
  private static final String NO_RUN = "00000000-2222-3333-4444-555555555555";

  @TempDir Path folder = Path.of("");
  private @Nullable PoolFixture opened;

  @BeforeEach
  void open() throws Exception {
    opened = new PoolFixture(folder, 20);
  }

  @AfterEach
  void close() {
    fixture().close();
  }

  private PoolFixture fixture() {
    return Objects.requireNonNull(opened);
  }

  private static String lease(String workflowId, String run) {
    return workflowId + ":" + run + ":0";
  }

  /** A sandbox as a review's worker creates it. */
  private String sandbox(String workflowId, String run, String... more) {
    Map<String, String> labels =
        new HashMap<>(
            Map.of(
                "fleet",
                "repofleet",
                "lease",
                lease(workflowId, run),
                "workflow",
                workflowId,
                "run",
                run,
                "namespace",
                new ReviewRuns(fixture().client).namespaceId()));
    for (int i = 0; i < more.length; i += 2) {
      labels.put(more[i], more[i + 1]);
    }
    return fixture().sandbox(labels);
  }

  private PoolInspectionOutcome look(
      List<Holder> holders, List<String> warm, List<String> ended, boolean begins) {
    return look(
        new PoolInspection(FLEET.name(), holders, warm, ended, begins, 0, List.of(), false, null));
  }

  private PoolInspectionOutcome look(PoolInspection inspection) {
    return fixture().execute(POOL, "InspectPool", inspection, PoolInspectionOutcome.class);
  }

  private PoolInspectionOutcome look() {
    return look(List.of(), List.of(), List.of(), false);
  }

  @Test
  void what_a_pool_is_told_starts_it_and_goes_to_the_one_that_runs() {
    LeaseRequest request =
        new LeaseRequest("l1", REVIEW, "r", "b", LeaseRequest.BEGINS, "claude", null, null);
    fixture().execute("AcquirePermit", new AcquireInput(FLEET.name(), request), Object.class);
    fixture().execute("AcquirePermit", new AcquireInput(FLEET.name(), request), Object.class);
    fixture()
        .execute(
            "TellPool",
            new PoolNews(
                FLEET.name(),
                LeaseEnded.of("l1", "r", LeaseEnded.How.UNRESOLVED),
                new ProviderTrouble(Cause.MODEL_OVERLOADED, 3L, null, null)),
            Object.class);

    until(
        "all is told in order",
        Waiting.LONG,
        () ->
            fixture()
                .heard()
                .equals(
                    List.of(
                        "began for repofleet",
                        "acquire l1",
                        "acquire l1",
                        "unresolved l1 null",
                        "model_overloaded")));
    fixture().terminate(FLEET.poolWorkflowId());
    fixture().execute("AcquirePermit", new AcquireInput(FLEET.name(), request), Object.class);
    until(
        "the next pool is told",
        Waiting.LONG,
        () -> fixture().heard().equals(List.of("began for repofleet", "acquire l1")));
  }

  private static PermitReply reply(PermitReply.Kind kind, String lease, String id, String run) {
    return new PermitReply(
        kind,
        lease,
        id,
        run,
        kind == PermitReply.Kind.GRANTED ? "0".repeat(32) : null,
        0,
        null,
        0,
        false);
  }

  private int heardBy(String workflowId) {
    return fixture().client.newUntypedWorkflowStub(workflowId).query("heard", Integer.class);
  }

  @Test
  void who_has_ended_is_named_and_the_others_are_told() {
    String open = fixture().open("review/b/open");
    String ended = fixture().ended("review/b/ended");
    fixture().open("review-batch/b");
    DeliveryOutcome outcome =
        fixture()
            .execute(
                POOL,
                "Deliver",
                new Delivery(
                    null,
                    List.of(
                        reply(PermitReply.Kind.GRANTED, "l1", "review/b/ended", ended),
                        reply(PermitReply.Kind.ASK_AGAIN, "l2", "review/b/ended", ended),
                        reply(PermitReply.Kind.GRANTED, "l3", "review/b/never", NO_RUN),
                        reply(PermitReply.Kind.GRANTED, "l4", "review/b/open", open)),
                    List.of("b", "forgotten"),
                    new BatchHold("no credit")),
                DeliveryOutcome.class);

    assertThat(outcome.delivered()).isTrue();
    assertThat(outcome.gone()).containsExactly("l1", "l3");
    assertThat(heardBy("review/b/open")).isEqualTo(1);
    assertThat(heardBy("review-batch/b")).isEqualTo(1);
  }

  @Test
  void a_pool_that_was_reset_delivers_nothing() {
    String open = fixture().open("review/b/open");
    DeliveryOutcome outcome =
        fixture()
            .execute(
                POOL,
                "Deliver",
                new Delivery(
                    NO_RUN,
                    List.of(reply(PermitReply.Kind.GRANTED, "l", "review/b/open", open)),
                    List.of(),
                    null),
                DeliveryOutcome.class);

    assertThat(outcome.delivered()).isFalse();
    assertThat(outcome.runId()).isNotEqualTo(NO_RUN);
    assertThat(heardBy("review/b/open")).isZero();
  }

  @Test
  void holders_whose_run_has_ended_or_was_deleted_are_closed_and_open_ones_are_not_named() {
    String open = fixture().open("review/b/open");
    String ended = fixture().ended("review/b/ended");
    String before = fixture().ended("review/b/again");
    fixture().open("review/b/again"); // a follow-up, no Reset

    PoolInspectionOutcome found =
        look(
            List.of(
                new Holder("open", "review/b/open", open, null),
                new Holder("ended", "review/b/ended", ended, null),
                new Holder("again", "review/b/again", before, null),
                new Holder("deleted", "review/b/never", NO_RUN, null)),
            List.of(),
            List.of(),
            true);

    assertThat(found.closed()).containsExactly("ended", "again", "deleted");
    assertThat(found.moved()).isEmpty();
    assertThat(found.settings()).as("the server in memory lists nothing").isNull();
  }

  @Test
  void known_sandboxes_are_listed_and_strays_have_the_owner_that_temporal_knows() {
    String open = fixture().open("review/b/open");
    String ended = fixture().ended("review/b/ended");
    String held = sandbox("review/b/held", NO_RUN);
    String byId = sandbox("review/b/other", NO_RUN);
    String ending = sandbox("review/b/ending", NO_RUN);
    String warm = sandbox("review/b/warm", NO_RUN, "lease", "warm:1");
    String owned = sandbox("review/b/open", open);
    String young = sandbox("review/b/ended", ended);
    String paused = sandbox("review/b/ended", ended, "lease", lease("review/b/ended", ended));
    fixture().e2b.pause(paused);
    String unknown = sandbox("review/b/never", NO_RUN);
    String strange = fixture().sandbox(Map.of("fleet", "repofleet"));
    String unlabelled = sandbox("review/b/open", open, "attempt", "2");
    sandbox("review/b/ended", ended, "fleet", "staging");
    fixture().e2b.pause(sandbox("review/b/ended", ended, "namespace", "another"));
    sandbox("review/b/ended", ended, "namespace", "another");

    PoolInspectionOutcome found =
        look(
            List.of(
                new Holder(lease("review/b/held", NO_RUN), "review/b/open", open, null),
                new Holder("l2", "review/b/open", open, byId)),
            List.of(warm),
            List.of(lease("review/b/ending", NO_RUN)),
            false);

    assertThat(found.sandboxes()).containsExactlyInAnyOrder(held, byId, ending, warm);
    assertThat(found.foreign()).as("running ones").isEqualTo(2);
    Map<String, Owner> owners = new HashMap<>();
    found.strays().forEach(stray -> owners.put(stray.sandboxId(), stray.owner()));
    assertThat(owners)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                owned, Owner.REVIEW,
                unlabelled, Owner.REVIEW,
                young, Owner.UNKNOWN,
                paused, Owner.NOBODY,
                unknown, Owner.UNKNOWN,
                strange, Owner.UNKNOWN));
    assertThat(found.strays())
        .contains(
            new Stray(
                owned,
                lease("review/b/open", open),
                "review/b/open",
                open,
                "b",
                true,
                Owner.REVIEW),
            new Stray(
                paused,
                lease("review/b/ended", ended),
                "review/b/ended",
                null,
                "b",
                false,
                Owner.NOBODY));
    assertThat(found.strays().get(found.strays().size() - 1).owner())
        .as("what the pool acts on comes first")
        .isEqualTo(Owner.UNKNOWN);
    assertThat(fixture().metrics.scrape()).contains("repofleet_sandboxes_leaked 1.0");
  }

  /** As when E2B refuses every delete: from the second look on the pool is ending what it found. */
  @Test
  void what_is_being_ended_and_is_there_still_is_leaked_at_every_look() {
    String byLabel = sandbox("review/b/ended", NO_RUN);
    String byId = sandbox("review/b/first", NO_RUN);
    String usedAgain = sandbox("review/b/again", NO_RUN);
    PoolInspectionOutcome found =
        look(
            new PoolInspection(
                FLEET.name(),
                List.of(
                    new Holder(
                        "second", "review/b/open", fixture().open("review/b/open"), usedAgain)),
                List.of(byId),
                List.of(
                    lease("review/b/ended", NO_RUN), "l2", "gone", lease("review/b/again", NO_RUN)),
                false,
                0,
                List.of(
                    new Left(lease("review/b/ended", NO_RUN), null),
                    new Left("l2", byId),
                    new Left("gone", "of-before"),
                    new Left(lease("review/b/again", NO_RUN), null)),
                false,
                Cause.MODEL_AUTH.sentence()));

    assertThat(found.sandboxes()).containsExactlyInAnyOrder(byLabel, byId, usedAgain);
    assertThat(found.strays()).isEmpty();
    assertThat(found.stillThere()).containsExactlyInAnyOrder(lease("review/b/ended", NO_RUN), "l2");
    assertThat(fixture().metrics.scrape())
        .contains(
            "repofleet_sandboxes_leaked 2.0", "repofleet_pool_held{cause=\"model_auth\"} 1.0");
  }

  /** Its label is of its first lease, which has ended; nobody can say whether another has it. */
  @Test
  void a_running_sandbox_that_may_be_used_again_is_not_leaked() {
    sandbox("review/b/ended", fixture().ended("review/b/ended"));
    SandboxListing now = fixture().e2b.listing(SandboxQuery.all());
    SandboxListing later =
        new SandboxListing(
            now.sandboxes(), now.serverTime().map(time -> time.plus(Duration.ofMinutes(4))));

    assertThat(leaked(later, false)).isEqualTo(1);
    assertThat(leaked(later, true)).isZero();
  }

  private int leaked(SandboxListing listing, boolean usesAgain) {
    WorldLook look =
        new WorldLook(
            new PoolInspection(
                FLEET.name(),
                List.of(),
                List.of(),
                List.of(),
                false,
                0,
                List.of(),
                usesAgain,
                null),
            new ReviewRuns(fixture().client),
            null,
            () -> false);
    look.at(listing, null);
    return look.leaked();
  }

  /** An empty answer would say that every sandbox has died. */
  @Test
  void a_look_without_a_list_is_no_answer_and_is_tried_again() {
    fixture()
        .server
        .faults()
        .add(
            Fault.of(FaultKind.RATE_LIMITED)
                .on(FaultRoute.LIST)
                .retryAfterSeconds(1)
                .times(1)
                .build());
    String stray = sandbox("review/b/never", NO_RUN);

    assertThat(look().strays()).extracting(Stray::sandboxId).containsExactly(stray);
  }

  private EndLeasesOutcome end(Left... leases) {
    return fixture()
        .execute(
            POOL,
            "EndLeases",
            new EndLeasesInput(FLEET.name(), List.of(leases), List.of()),
            EndLeasesOutcome.class);
  }

  @Test
  void leases_end_by_id_and_by_label_in_both_states_and_one_that_fails_stops_no_other() {
    String first = sandbox("review/b/one", NO_RUN);
    fixture().e2b.pause(sandbox("review/b/one", NO_RUN));
    String byId = sandbox("review/b/used-again", NO_RUN);
    String stuck = sandbox("review/b/stuck", NO_RUN);
    String other = sandbox("review/b/other", NO_RUN);
    fixture()
        .server
        .faults()
        .add(
            Fault.of(FaultKind.RATE_LIMITED)
                .on(FaultRoute.KILL)
                .sandbox(stuck)
                .retryAfterSeconds(1)
                .always()
                .build());

    EndLeasesOutcome outcome =
        end(
            new Left(lease("review/b/stuck", NO_RUN), null),
            new Left(lease("review/b/one", NO_RUN), first),
            new Left("l2", byId),
            new Left("never-created", null));

    assertThat(outcome.resolved())
        .containsExactly(lease("review/b/one", NO_RUN), "l2", "never-created");
    assertThat(outcome.killed()).isEqualTo(3);
    assertThat(fixture().ids()).containsExactlyInAnyOrder(stuck, other);
  }

  @Test
  void leases_are_not_over_while_nobody_can_list_what_is_left() {
    String sandbox = sandbox("review/b/one", NO_RUN);
    fixture()
        .server
        .faults()
        .add(
            Fault.of(FaultKind.RATE_LIMITED)
                .on(FaultRoute.LIST)
                .retryAfterSeconds(1)
                .times(2)
                .build());

    EndLeasesOutcome outcome = end(new Left(lease("review/b/one", NO_RUN), sandbox));

    assertThat(outcome.resolved()).isEmpty();
    assertThat(outcome.killed()).isEqualTo(1);
    assertThat(end(new Left(lease("review/b/one", NO_RUN), sandbox)).resolved()).hasSize(1);
  }
}
