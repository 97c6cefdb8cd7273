package dev.repofleet.starter.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.progress.BatchHold;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The pool's verbs and {@code resume}, on a real server; each test has a fleet of its own. */
@Order(1)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class PoolCommandsIT {
  private static final Pattern HELD = Pattern.compile("held\\.one +held ");

  @TempDir static Path shared = Path.of("");
  private static SeparateTemporal temporal;

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void startTheServer() {
    temporal = SeparateTemporal.start(shared);
  }

  @AfterAll
  static void endTheServer() {
    temporal.close();
  }

  private static WorkflowClient client() {
    return temporal.connection().client();
  }

  /** A worker with the pool and the batches of a fleet. */
  private static WorkerFactory work(Fleet fleet) {
    WorkerFactory factory = WorkerFactory.newInstance(client());
    Worker worker = factory.newWorker(fleet.taskQueue());
    worker.registerWorkflowImplementationTypes(
        SandboxPoolWorkflowImpl.class, HeldBatchWorkflow.Impl.class);
    worker.registerActivitiesImplementations(new FakePoolWorld());
    factory.start();
    return factory;
  }

  private TestProgram program() {
    TestProgram program = new TestProgram(folder);
    temporal.environment().forEach(program::with);
    return program;
  }

  private TestProgram.Outcome run(String line) {
    return program().run(line.split(" "));
  }

  private JsonNode json(String line) {
    TestProgram.Outcome outcome = run(line);
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines()).hasSize(1);
    return ArtifactJson.read(outcome.out(), JsonNode.class, line);
  }

  private static SandboxPoolWorkflow pool(Fleet fleet) {
    return client().newWorkflowStub(SandboxPoolWorkflow.class, fleet.poolWorkflowId());
  }

  private static WorkflowOptions options(Fleet fleet, String id) {
    return WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(fleet.taskQueue()).build();
  }

  private static HeldBatchWorkflow startBatch(Fleet fleet, String batch) {
    HeldBatchWorkflow workflow =
        client()
            .newWorkflowStub(HeldBatchWorkflow.class, options(fleet, Fleet.batchWorkflowId(batch)));
    WorkflowClient.start(workflow::run);
    return workflow;
  }

  private static void startPool(Fleet fleet) {
    SandboxPoolWorkflow workflow =
        client().newWorkflowStub(SandboxPoolWorkflow.class, options(fleet, fleet.poolWorkflowId()));
    WorkflowClient.start(workflow::run, PoolInput.of(fleet));
  }

  @Test
  void without_a_pool_show_says_so_and_rebuild_has_nothing_to_do() {
    TestProgram.Outcome show = run("pool show --fleet none");
    assertThat(show.exit()).isZero();
    assertThat(show.out()).isEmpty();
    assertThat(show.err()).contains("No pool yet for fleet none at");
    assertThat(json("pool show --fleet none --json").path("state").asText()).isEqualTo("none");
    TestProgram.Outcome rebuild = run("pool rebuild --fleet none");
    assertThat(rebuild.exit()).isEqualTo(2);
    assertThat(rebuild.err()).contains("there is no pool to rebuild for fleet none");
    assertThat(run("pool show --fleet none").err()).contains("No pool yet");
  }

  @Test
  void a_pool_that_no_worker_answers_for_ends_with_the_way_out_and_can_be_rebuilt() {
    Fleet fleet = new Fleet("silent");
    startPool(fleet);
    for (String verb : new String[] {"show", "set --maximum 5"}) {
      TestProgram.Outcome outcome = run("pool " + verb + " --fleet silent");
      assertThat(outcome.exit()).isEqualTo(5);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err())
          .contains("no worker polls task queue silent", "`repofleet worker --fleet silent`");
    }
    startBatch(fleet, "silent.one");
    TestProgram.Outcome resumed = run("resume silent.one");
    assertThat(resumed.exit()).isEqualTo(5);
    assertThat(resumed.err())
        .contains("`repofleet worker --fleet silent`", "may still take effect");
    TestProgram.Outcome rebuilt = run("pool rebuild --fleet silent");
    assertThat(rebuilt.exit()).as(rebuilt.err()).isZero();
    assertThat(rebuilt.out()).isEqualTo("Pool sandbox-pool/silent.default is rebuilt.\n");
    assertThat(rebuilt.err()).contains("takes up those of the run before it by itself");
  }

  @Test
  void set_starts_the_pool_says_what_changed_and_rebuild_keeps_it() {
    Fleet fleet = new Fleet("settings");
    TestProgram.Outcome first = run("pool set --fleet settings --maximum 7 --reuse repository");
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.out()).isEqualTo("maximumPoolSize  20 → 7\nreuse  none → repository\n");
    assertThat(first.err()).contains("Pool sandbox-pool/settings.default is started.");
    WorkerFactory worker = work(fleet);
    try {
      TestProgram.Outcome second =
          run("pool set --fleet settings --minimum-idle a=1,b=2 --idle paused --max-lifetime 1h");
      assertThat(second.exit()).as(second.err()).isZero();
      assertThat(second.out())
          .isEqualTo(
              "minimumIdle  none → a=1, b=2\nidle  running → paused\nmaxLifetime  30m → 1h\n");
      TestProgram.Outcome same = run("pool set --fleet settings --maximum 7");
      assertThat(same.exit()).isZero();
      assertThat(same.out()).isEmpty();
      assertThat(same.err()).contains("Nothing changed");
      String runId = describe(fleet);
      TestProgram.Outcome rebuilt = run("pool rebuild --fleet settings");
      assertThat(rebuilt.exit()).as(rebuilt.err()).isZero();
      assertThat(rebuilt.out())
          .contains("with the settings it had", "maximumPoolSize 7", "minimumIdle a=1, b=2");
      assertThat(describe(fleet)).isNotEqualTo(runId);
      JsonNode settings = json("pool show --fleet settings --json").path("settings");
      assertThat(settings.path("maximumPoolSize").asInt()).isEqualTo(7);
      assertThat(settings.path("minimumIdle").path("b").asInt()).isEqualTo(2);
      assertThat(settings.path("reuse").asText()).isEqualTo("repository");
      WorkflowStub.fromTyped(pool(fleet)).terminate("as the button does");
      TestProgram.Outcome closed = run("pool show --fleet settings");
      assertThat(closed.exit()).isZero();
      assertThat(closed.err()).contains("was terminated at", "pool rebuild --fleet settings");
      JsonNode changed = json("pool set --fleet settings --maximum 9 --json");
      assertThat(changed.path("before").path("maximumPoolSize").asInt()).isEqualTo(7);
      assertThat(changed.path("after").path("maximumPoolSize").asInt()).isEqualTo(9);
      assertThat(changed.path("after").path("maxLifetimeSeconds").asInt()).isEqualTo(3600);
      assertThat(run("pool show --fleet settings").out()).contains("maximumPoolSize   9");
    } finally {
      worker.shutdownNow();
    }
  }

  @Test
  void a_pool_that_was_terminated_before_it_did_anything_still_gives_its_settings() {
    assertThat(run("pool set --fleet early --maximum 7").exit()).isZero();
    WorkflowStub.fromTyped(pool(new Fleet("early"))).terminate("as the button does");
    TestProgram.Outcome rebuilt = run("pool rebuild --fleet early");
    assertThat(rebuilt.exit()).as(rebuilt.err()).isZero();
    assertThat(rebuilt.out()).contains("with the settings it had", "maximumPoolSize 7");
  }

  private static String describe(Fleet fleet) {
    return client()
        .newUntypedWorkflowStub(fleet.poolWorkflowId())
        .describe()
        .getExecution()
        .getRunId();
  }

  @Test
  void a_held_pool_is_shown_and_resume_lets_it_and_its_batch_go_on() {
    Fleet fleet = new Fleet("held");
    WorkerFactory worker = work(fleet);
    try {
      startPool(fleet);
      HeldBatchWorkflow batch = startBatch(fleet, "held.one");
      TestProgram.Outcome not = run("resume held.one");
      assertThat(not.exit()).isEqualTo(2);
      assertThat(not.err()).contains("it is neither paused nor held");

      pool(fleet).acquire(request("held.one"));
      pool(fleet).trouble(new ProviderTrouble(Cause.MODEL_AUTH, null, null, null));
      batch.held(new BatchHold("the model's provider refuses the key"));
      Waiting.until("the pool is held", Waiting.LONG, () -> pool(fleet).status().held() != null);
      TestProgram.Outcome show = run("pool show --fleet held");
      assertThat(show.out()).contains("No permit is given: ", "then `repofleet resume ");
      TestProgram.Outcome status = run("status held.one");
      assertThat(status.out())
          .contains(
              "Batch held.one is held: the model's provider refuses the key. Mend that, then"
                  + " `repofleet resume held.one`.");
      assertThat(run("status held.one --json").out())
          .contains("\"held\":\"the model's provider refuses the key\"");
      Waiting.until(
          "the batch is listed",
          Waiting.LONG,
          () -> HELD.matcher(run("list --fleet held").out()).find());
      assertThat(run("list --fleet held").err()).contains("`repofleet resume held.one`");

      TestProgram.Outcome resumed = run("resume held.one");
      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.out())
          .contains("The pool of fleet held gives permits again; it was held: ")
          .contains("Batch held.one goes on; it was held: the model's provider refuses the key.");
      assertThat(pool(fleet).status().held()).isNull();
      assertThat(run("list --fleet held").err()).doesNotContain("resume");
      assertThat(run("list --fleet elsewhere").out()).isEmpty();
      assertThat(run("resume held.one").exit()).isEqualTo(2);

      batch.end();
      pool(fleet).trouble(new ProviderTrouble(Cause.MODEL_CREDIT, null, null, null));
      TestProgram.Outcome ended = run("resume held.one");
      assertThat(ended.exit()).as("the pool of a batch that has ended").isZero();
      assertThat(run("resume held.one").err())
          .contains("cannot resume batch held.one: it has ended");
      assertThat(run("resume held.none").err()).contains("there is no batch 'held.none'");
    } finally {
      worker.shutdownNow();
    }
  }

  private static LeaseRequest request(String batch) {
    return new LeaseRequest(
        "l1", "review/" + batch + "/k", "run", batch, LeaseRequest.BEGINS, "claude", null, null);
  }

  @Test
  void a_pool_of_another_shape_is_not_taken_for_one_that_is_well() {
    Fleet fleet = new Fleet("older");
    WorkerFactory factory = WorkerFactory.newInstance(client());
    factory
        .newWorker(fleet.taskQueue())
        .registerWorkflowImplementationTypes(OlderPoolWorkflow.Impl.class);
    factory.start();
    try {
      startPool(fleet);
      TestProgram.Outcome outcome = run("pool show --fleet older");
      assertThat(outcome.exit()).isEqualTo(5);
      assertThat(outcome.err()).contains("answers in a form that this version does not read");
      assertThat(run("pool set --fleet older --maximum 3").exit()).isEqualTo(5);
    } finally {
      factory.shutdownNow();
    }
  }

  @Test
  void the_environment_names_the_fleet_and_the_option_wins() {
    Map<String, String> named = Map.of("REPOFLEET_FLEET", "named");
    TestProgram program = program();
    named.forEach(program::with);
    assertThat(program.run("pool", "show").err()).contains("fleet named at");
    assertThat(program.run("pool", "show", "--fleet", "typed").err()).contains("fleet typed at");
    assertThat(program.run("workers").err())
        .contains("task queue named-run", "`repofleet worker --fleet named`");
  }
}
