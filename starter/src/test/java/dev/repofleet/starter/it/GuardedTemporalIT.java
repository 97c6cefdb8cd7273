package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestAuthority;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.progress.BatchStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Temporal server behind what Temporal Cloud and guarded clusters ask for: a client's
 * certificate, or an API key by TLS and no search attributes to add. A worker's process and the
 * command line reach it by their variables and a profile alone.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class GuardedTemporalIT {
  private static final String SERVER = "temporal.test";
  private static final String KEY = "tsk-a-key-that-nobody-may-see";
  private static final String BARE = "bare";
  private static final Duration TURN = Duration.ofMillis(200);
  private static final int REPOSITORIES = 3;

  @TempDir Path folder = Path.of("");

  @Test
  void by_mutual_tls_a_fleet_is_set_up_works_and_is_looked_at() {
    TestAuthority authority = new TestAuthority(folder, "authority");
    TestAuthority.Identity client = authority.issue("client.test");
    try (LocalAccount account = LocalAccount.simulated(folder.resolve("sandboxes"), TURN);
        SeparateFleet fleet = new SeparateFleet("GuardedTemporalIT", folder, account);
        GuardedFront front =
            GuardedFront.mutualTls(
                authority.issue(SERVER), authority, fleet.temporalServer().port())) {
      fleet.set("TEMPORAL_ADDRESS", front.address());
      fleet.set("TEMPORAL_TLS_CLIENT_CERT_PATH", client.certificate().toString());
      fleet.set("TEMPORAL_TLS_CLIENT_KEY_PATH", client.key().toString());
      fleet.set("TEMPORAL_TLS_SERVER_CA_CERT_PATH", authority.certificate().toString());
      fleet.set("TEMPORAL_TLS_SERVER_NAME", SERVER);
      FleetProcess setup = fleet.start("mtls-setup", "setup");
      assertThat(setup.awaitExit(Waiting.LONG)).as(setup.tail()).isZero();
      assertThat(setup.err()).contains("All search attributes are there already");
      fleet.polling(fleet.launchWorker("mtls-worker", 8));
      review(fleet.environment(), "guarded");
      TestProgram.Outcome watch = run(fleet, "watch", "guarded");
      assertThat(watch.exit()).as(watch.err()).isZero();
      assertThat(run(fleet, "status", "guarded").out()).contains("guarded-2", "complete");
      FleetProcess doctor = fleet.start("mtls-doctor", "doctor", "--json");
      doctor.awaitExit(Waiting.LONG);
      assertThat(doctor.out())
          .contains(
              "\"Temporal\",\"state\":\"ok\",\"found\":\"" + front.address(),
              "\"search attributes\",\"state\":\"ok\"",
              "\"workers\",\"state\":\"ok\"");
    }
  }

  @Test
  void by_a_profile_with_an_api_key_batches_run_without_search_attributes_and_outlive_a_refusal()
      throws Exception {
    TestAuthority authority = new TestAuthority(folder, "authority");
    try (LocalAccount account = LocalAccount.simulated(folder.resolve("sandboxes"), TURN);
        SeparateFleet fleet = new SeparateFleet("GuardedTemporalIT", folder, account);
        GuardedFront front =
            GuardedFront.tls(authority.issue(SERVER), fleet.temporalServer().port())) {
      Map<String, String> behind =
          Map.of(
              "TEMPORAL_ADDRESS",
              "127.0.0.1:" + fleet.temporalServer().port(),
              "TEMPORAL_NAMESPACE",
              BARE,
              "TEMPORAL_CONFIG_FILE",
              "/dev/null/none",
              "REPOFLEET_ARTIFACTS",
              folder.resolve("artifacts").toString());
      registerNamespace(fleet.temporal());
      front.requireKey(KEY);
      front.deny("temporal.api.operatorservice.v1.OperatorService/", Status.PERMISSION_DENIED);
      useProfile(fleet, front, authority);

      theLackOfSearchAttributesIsToldWithWhoCanHelp(fleet, front);
      FleetProcess worker = fleet.launchWorker("key-worker", 8);
      fleet.polling(worker);
      review(fleet.environment(), "first");
      assertThat(outcome(behind, "first").status()).isEqualTo(BatchStatus.COMPLETE);
      assertThat(run(fleet, "status", "first").out()).contains("first-2", "complete");

      front.requireKey("the next one");
      review(behind, "second");
      worker.awaitErr(
          Pattern.compile("ERROR .*Temporal refuses this worker's login \\(UNAUTHENTICATED\\)"),
          Waiting.LONG);
      assertThat(run(fleet, "status").err()).contains("refuses the login by API key");
      front.requireKey(KEY);
      worker.awaitErr(Pattern.compile("Temporal accepts this worker's login again"), Waiting.LONG);
      assertThat(outcome(behind, "second").status()).isEqualTo(BatchStatus.COMPLETE);
      assertThat(worker.isAlive()).isTrue();
      assertThat(worker.out() + worker.err()).doesNotContain(KEY);
      assertThat(front.namespaces()).containsExactly(BARE);
    }
  }

  private void useProfile(SeparateFleet fleet, GuardedFront front, TestAuthority authority)
      throws IOException {
    Path profile =
        Files.writeString(
            folder.resolve("temporal.toml"),
            """
            [profile.cloud]
            address = "%s"
            namespace = "%s"
            api_key = "%s"
            [profile.cloud.tls]
            server_ca_cert_path = "%s"
            server_name = "%s"
            """
                .formatted(front.address(), BARE, KEY, authority.certificate(), SERVER));
    fleet.set("TEMPORAL_ADDRESS", "");
    fleet.set("TEMPORAL_NAMESPACE", "");
    fleet.set("TEMPORAL_CONFIG_FILE", profile.toString());
    fleet.set("TEMPORAL_PROFILE", "cloud");
  }

  private void theLackOfSearchAttributesIsToldWithWhoCanHelp(
      SeparateFleet fleet, GuardedFront front) {
    Map<String, String> version =
        Map.of("TEMPORAL_DEPLOYMENT_NAME", "guarded", "TEMPORAL_WORKER_BUILD_ID", "one");
    FleetProcess setup = fleet.start("key-setup", version, "setup");
    FleetProcess doctor = fleet.start("key-doctor", "doctor", "--json");
    assertThat(setup.awaitExit(Waiting.LONG)).as(setup.tail()).isEqualTo(5);
    assertThat(setup.err())
        .contains(
            front.address() + " does not let this login add search attributes (PERMISSION_DENIED)",
            "batches run without",
            "Namespace bare lacks RepoFleetBatch=Keyword, ",
            "RepoFleetTurn=Int, RepoFleetFindings=Int, RepoFleetCostUsd=Double",
            "tcld namespace search-attributes add",
            "temporal operator search-attribute create")
        .as("batches run without, but no worker of a version does without this")
        .contains("Made build one the current one of worker deployment guarded");
    doctor.awaitExit(Waiting.LONG);
    assertThat(doctor.out())
        .contains("\"Temporal\",\"state\":\"ok\",\"found\":\"" + front.address())
        .contains("\"search attributes\",\"state\":\"note\",\"found\":\"missing: RepoFleetBatch");
  }

  /** One without search attributes: the others' server was started with them for its own. */
  private static void registerNamespace(TemporalConnection connection) {
    WorkflowServiceBlockingStub server =
        connection.client().getWorkflowServiceStubs().blockingStub();
    server.registerNamespace(
        RegisterNamespaceRequest.newBuilder()
            .setNamespace(BARE)
            .setWorkflowExecutionRetentionPeriod(
                com.google.protobuf.Duration.newBuilder().setSeconds(86_400))
            .build());
    Waiting.until(
        "the namespace is known",
        Waiting.LONG,
        () -> {
          try {
            server.countWorkflowExecutions(
                CountWorkflowExecutionsRequest.newBuilder().setNamespace(BARE).build());
            return true;
          } catch (StatusRuntimeException notYet) {
            return false;
          }
        });
  }

  private TestProgram.Outcome run(SeparateFleet fleet, String... arguments) {
    TestProgram program = new TestProgram(folder);
    fleet.environment().forEach(program::with);
    return program.run(arguments);
  }

  private void review(Map<String, String> environment, String batch) {
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      SimulatedBatch.begin(
          connection.client(),
          ArtifactStores.open(folder.resolve("artifacts").toString()),
          batch,
          REPOSITORIES,
          REPOSITORIES);
    }
  }

  private static BatchOutcome outcome(Map<String, String> environment, String batch)
      throws TimeoutException {
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      return connection
          .client()
          .newUntypedWorkflowStub(Fleet.batchWorkflowId(batch))
          .getResult(Waiting.LONG.toSeconds(), TimeUnit.SECONDS, BatchOutcome.class);
    }
  }
}
