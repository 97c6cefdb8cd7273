package dev.repofleet.worker.verify;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.VerifyCommand;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.review.VerifyActivities;
import dev.repofleet.workflows.activities.review.VerifyInput;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.activities.review.VerifyOutcome.Ending;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan's own command in a real local sandbox. */
class VerifyIT {
  private static final String SECRET = "sk-ant-a-secret-of-the-worker";

  @TempDir private Path folder;
  private @Nullable LocalSandboxServer server;
  private @Nullable E2bClient client;
  private @Nullable ArtifactStore store;
  private @Nullable TestActivityEnvironment temporal;
  private @Nullable Sandbox sandbox;

  @BeforeEach
  void open() throws Exception {
    Isolation isolation = Isolation.detect();
    if (!"true".equals(System.getenv("CI"))) {
      Assumptions.assumeTrue(isolation.isolated(), () -> "needs bwrap: " + isolation);
    }
    server =
        new LocalSandboxServer(LocalSandboxOptions.builder(folder.resolve("sandboxes")).build())
            .start();
    client = new E2bClient(E2bOptions.fromEnvironment(server.environment()));
    store = ArtifactStores.open(folder.resolve("artifacts").toString());
    sandbox = client.create(SandboxSpec.builder().template("claude").build());
    sandbox.commands().run(Command.shell("mkdir -p ~/repo/services/api"));
    temporal = TestActivityEnvironment.newInstance();
    temporal.registerActivitiesImplementations(
        new VerifyActivitiesImpl(
            new SandboxConnections(client),
            store,
            new PlanSource(store),
            KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", SECRET))));
  }

  @AfterEach
  void close() {
    if (temporal != null) {
      temporal.close();
    }
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private VerifyOutcome verify(String command) {
    return verify(VerifyCommand.of(command, null), null);
  }

  private VerifyOutcome verify(VerifyCommand command, @Nullable String subpath) {
    Plan plan = Plan.builder("test", "x").environment(Map.of("LEVEL", "2")).verify(command).build();
    return requireNonNull(temporal)
        .newActivityStub(VerifyActivities.class)
        .verify(new VerifyInput("b", "k", requireNonNull(sandbox).sandboxId(), ref(plan), subpath));
  }

  private PlanRef ref(Plan plan) {
    ArtifactRef ref = requireNonNull(store).put(ArtifactJson.pretty(plan));
    return new PlanRef(ref.uri(), ref.sha256(), plan.name());
  }

  private String output(VerifyOutcome outcome) {
    return new String(
        requireNonNull(store)
            .read(requireNonNull(outcome.outputUri()), VerifyActivitiesImpl.MAX_BYTES),
        StandardCharsets.UTF_8);
  }

  @Test
  void it_runs_as_the_agents_user_in_the_folder_under_review_with_the_plans_variables_alone() {
    VerifyOutcome outcome =
        verify(
            VerifyCommand.of("id -un; pwd; echo $LEVEL; env | grep -c ^RF_; cat; echo x >&2", null),
            "services/api");

    assertThat(outcome.ending()).isEqualTo(Ending.PASSED);
    assertThat(outcome.exitCode()).isZero();
    assertThat(output(outcome).lines())
        .containsExactly("user", "/home/user/repo/services/api", "2", "0", "x");
  }

  @Test
  void another_exit_code_is_a_failure_and_silence_leaves_no_output() {
    VerifyOutcome outcome = verify("exit 3");
    assertThat(outcome.ending()).isEqualTo(Ending.FAILED);
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.outputUri()).isNull();
    assertThat(verify("no-such-program").exitCode()).isEqualTo(127);
    VerifyOutcome like = verify("exit 124");
    assertThat(like.ending()).as("as if its time were over").isEqualTo(Ending.FAILED);
    assertThat(like.exitCode()).isEqualTo(124);
  }

  @Test
  void only_the_end_of_much_output_is_kept_without_known_secrets() {
    VerifyOutcome outcome = verify("seq 1 200000; echo key " + SECRET + "; exit 1");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(output(outcome))
        .contains("\n200000\nkey ")
        .doesNotContain(SECRET)
        .hasSizeLessThan(17_000);
  }

  /** The end that is kept would begin in its middle. */
  @Test
  void a_secret_at_the_cut_is_not_cut_in_two() {
    int behind = (16 << 10) - SECRET.length() / 2;
    VerifyOutcome outcome =
        verify("printf %s " + SECRET + "; head -c " + behind + " /dev/zero | tr '\\0' x");
    assertThat(output(outcome)).doesNotContain("worker").startsWith("***x");
  }

  @Test
  void a_command_whose_time_is_over_is_ended_and_what_it_said_is_told() {
    VerifyOutcome outcome =
        verify(VerifyCommand.of("echo begun; sleep 1000", Duration.ofSeconds(2)), null);
    assertThat(outcome.ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(outcome.exitCode()).isNull();
    assertThat(output(outcome)).isEqualTo("begun");
    assertThat(requireNonNull(sandbox).commands().run(Command.shell("ps -eo args=")).stdout())
        .doesNotContain("sleep 1000");
  }

  @Test
  void what_it_leaves_behind_ends_with_it() {
    VerifyOutcome outcome = verify("sleep 1000 & echo served");
    assertThat(outcome.ending()).isEqualTo(Ending.PASSED);
    assertThat(output(outcome)).isEqualTo("served");
    assertThat(requireNonNull(sandbox).commands().run(Command.shell("ps -eo args=")).stdout())
        .doesNotContain("sleep 1000");
    assertThat(output(verify("exec > >(sleep 0.2; cat); echo late"))).isEqualTo("late");
  }

  @Test
  void where_it_can_not_run_nothing_is_known() {
    VerifyOutcome outcome = verify(VerifyCommand.of("true", null), "gone");
    assertThat(outcome.ending()).isEqualTo(Ending.UNKNOWN);
    assertThat(outcome.message()).isEqualTo("the folder under review is gone");
    requireNonNull(sandbox).kill();
    assertThatThrownBy(() -> verify("true"))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo(Cause.SANDBOX_LOST.code()));
  }
}
