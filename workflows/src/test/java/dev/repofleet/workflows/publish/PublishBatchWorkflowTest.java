package dev.repofleet.workflows.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.publish.PublishActivities;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishOutcome.Status;
import dev.repofleet.workflows.activities.publish.PublishPage;
import dev.repofleet.workflows.activities.publish.PublishPageRequest;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.testing.Recording;
import dev.repofleet.workflows.testing.Replay;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class PublishBatchWorkflowTest {
  private static final PublishOptions OPTIONS =
      new PublishOptions(PublishMode.PUBLISH, true, true, false, false, false, List.of(), null);

  private static final String ID = Fleet.publishWorkflowId("b");
  private static final String HISTORY = "publish-of-three";

  private final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
  private final FakeForge forge = new FakeForge(environment::currentTimeMillis);

  /** Writes each key once, and says what it was told of others. */
  private static final class FakeForge implements PublishActivities {
    final NavigableSet<String> keys = new ConcurrentSkipListSet<>();
    final Map<String, Status> told = new ConcurrentHashMap<>();
    final List<String> written = new CopyOnWriteArrayList<>();
    final AtomicInteger refusals = new AtomicInteger();
    volatile String storeId = "store";
    volatile long limitedUntil;
    private final LongSupplier clock;

    FakeForge(LongSupplier clock) {
      this.clock = clock;
    }

    @Override
    public PublishPage readPublishable(PublishPageRequest request) {
      if (!request.storeId().equals(storeId)) {
        throw ApplicationFailure.newFailure("another store", "store_mismatch");
      }
      String after = request.after();
      return new PublishPage(
          (after == null ? keys : keys.tailSet(after, false))
              .stream().limit(request.limit()).toList());
    }

    @Override
    public PublishOutcome publish(PublishStep step) {
      if (step.key().startsWith("broken")) {
        throw ApplicationFailure.newNonRetryableFailure("the host is away", "git_transient");
      }
      if (clock.getAsLong() < limitedUntil) {
        refusals.incrementAndGet();
        throw ApplicationFailure.newNonRetryableFailure(
            "come again in a minute", Cause.GIT_RATE_LIMITED.code(), 60L);
      }
      Status status = told.get(step.key());
      if (status != null) {
        return new PublishOutcome(status, null);
      }
      if (written.contains(step.key())) {
        return new PublishOutcome(Status.ALREADY, null);
      }
      written.add(step.key());
      return new PublishOutcome(Status.WRITTEN, null);
    }
  }

  @BeforeEach
  void start() {
    Worker worker = environment.newWorker(Fleet.DEFAULT.taskQueue(), TestFleet.PATIENT);
    worker.registerWorkflowImplementationTypes(PublishBatchWorkflowImpl.class);
    worker.registerActivitiesImplementations(forge);
    environment.start();
  }

  @AfterEach
  void close() {
    environment.close();
  }

  private void repositories(int count) {
    IntStream.range(0, count).forEach(i -> forge.keys.add("r-%05d".formatted(i)));
  }

  private PublishProgress run(@Nullable Integer limit) {
    return run(limit, Duration.ofSeconds(1));
  }

  private PublishProgress run(@Nullable Integer limit, Duration pace) {
    return environment
        .getWorkflowClient()
        .newWorkflowStub(
            PublishBatchWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(ID)
                .setTaskQueue(Fleet.DEFAULT.taskQueue())
                .build())
        .publish(
            new PublishInput(
                1, Fleet.DEFAULT.name(), "b", "store", OPTIONS, limit, pace, null, null));
  }

  @Test
  void all_pages_are_seen_to_and_a_second_time_writes_nothing() {
    repositories(2 * PublishPage.KEYS + 3);
    assertThat(run(null, Duration.ZERO).written())
        .as("counted while others are in work")
        .isEqualTo(2 * PublishPage.KEYS + 3);
    assertThat(forge.written).doesNotHaveDuplicates().hasSize(2 * PublishPage.KEYS + 3);
    PublishProgress again = run(null);
    assertThat(again.already()).isEqualTo(2 * PublishPage.KEYS + 3);
    assertThat(again.written()).isZero();
  }

  @Test
  void a_limit_counts_what_is_written_and_nothing_else() {
    repositories(20);
    forge.told.put("r-00000", Status.NOTHING);
    forge.told.put("r-00002", Status.REFUSED);
    forge.written.add("r-00001");
    PublishProgress first = run(5);
    assertThat(first.written()).isEqualTo(5);
    assertThat(forge.written).hasSize(6);
    assertThat(run(5).written()).isEqualTo(5);
    assertThat(forge.written).hasSize(11).doesNotHaveDuplicates();
  }

  @Test
  void what_is_written_in_part_is_counted_as_written_and_as_refused() {
    PublishProgress progress =
        PublishProgress.none(OPTIONS, null)
            .and("one", new PublishOutcome(Status.WRITTEN, "no findings: not all was looked at"))
            .and("two", new PublishOutcome(Status.ALREADY, "no findings: not all was looked at"))
            .and("three", new PublishOutcome(Status.NOTHING, "a rehearsal"));
    assertThat(progress.written()).isEqualTo(1);
    assertThat(progress.already()).isEqualTo(1);
    assertThat(progress.nothing()).isEqualTo(1);
    assertThat(progress.reasons()).isEqualTo(Map.of("a rehearsal", 1));
    assertThat(progress.refused()).isEqualTo(2);
    assertThat(progress.notes()).hasSize(2).allMatch(note -> note.contains("not all was"));
  }

  @Test
  void a_limit_of_the_forge_is_waited_for_by_all_however_long_it_lasts() {
    repositories(8);
    long begin = environment.currentTimeMillis();
    forge.limitedUntil = begin + Duration.ofHours(3).toMillis();
    PublishProgress progress = run(null);
    assertThat(progress.written()).isEqualTo(8);
    assertThat(progress.failed()).isZero();
    assertThat(environment.currentTimeMillis() - begin)
        .isGreaterThan(Duration.ofHours(3).toMillis());
    assertThat(forge.refusals.get()).as("asked again, and ever less often").isLessThan(100);
  }

  @Test
  void one_that_can_not_be_done_keeps_no_other_from_it() {
    repositories(3);
    forge.keys.add("broken-1");
    PublishProgress progress = run(null);
    assertThat(progress.written()).isEqualTo(3);
    assertThat(progress.failed()).isEqualTo(1);
    assertThat(progress.notes()).containsExactly("broken-1: the host is away");
  }

  @Test
  void no_more_begin_in_a_time_than_forges_like() {
    repositories(30);
    long begin = environment.currentTimeMillis();
    run(null);
    assertThat(environment.currentTimeMillis() - begin).isGreaterThanOrEqualTo(25_000);
  }

  @Test
  void workers_with_another_store_publish_nothing() {
    repositories(1);
    forge.storeId = "another";
    assertThatThrownBy(() -> run(null))
        .isInstanceOf(WorkflowFailedException.class)
        .hasStackTraceContaining("store_mismatch");
    assertThat(forge.written).isEmpty();
  }

  @Test
  void decides_as_it_did_when_its_history_was_recorded() throws Exception {
    if (Recording.on()) {
      repositories(3);
      run(null);
      WorkflowClient client = environment.getWorkflowClient();
      Recording.writeHistory(HISTORY, client.fetchHistory(ID).toJson(true));
    }
    String history = Recording.read("histories/" + HISTORY + ".json");
    Replay.of(history, PublishBatchWorkflowImpl.class);
    String other = history.replace("\"ReadPublishable\"", "\"Verify\"");
    assertThat(other).isNotEqualTo(history);
    assertThatThrownBy(() -> Replay.of(other, PublishBatchWorkflowImpl.class))
        .hasStackTraceContaining("Verify");
  }
}
