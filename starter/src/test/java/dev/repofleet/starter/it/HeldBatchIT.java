package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.client.WorkflowNotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key that the model's provider refuses, and an account without credit: the batch waits, says why
 * and what to do, and {@code resume} goes on where it was.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class HeldBatchIT {

  @TempDir Path folder = Path.of("");

  /** A provider that refuses everybody until it is content. */
  private static final class Refusing implements Scenario {
    private final Scenario scenario = new ReviewScenario(ReviewOptions.DEFAULTS);
    private volatile Reply refusal =
        new Reply.ApiError(401, "authentication_error", "invalid x-api-key");
    private volatile boolean content;

    @Override
    public Reply reply(Conversation conversation) {
      return content ? scenario.reply(conversation) : refusal;
    }
  }

  @Test
  void a_refused_key_and_an_empty_account_hold_the_batch_until_a_person_resumes() {
    Refusing provider = new Refusing();
    List<String> names = List.of("amber", "birch");
    try (AttackedFleet fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("HeldBatchIT", folder, names, 1, 0), provider, Map.of())) {
      StartedBatch batch = fleet.begin("held", Duration.ZERO);
      awaitStatus(fleet, "refused", "the model's provider refuses the key");

      provider.refusal =
          new Reply.ApiError(400, "invalid_request_error", "Your credit balance is too low");
      resume(fleet, "resume-in-vain");
      awaitStatus(fleet, "empty", "the model's account has no credit left");
      Waiting.until("nobody has a place", Waiting.LONG, () -> pool(fleet).status().leased() == 0);

      provider.content = true;
      resume(fleet, "resume");
      assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      batch.results().assertAllComplete(names.size());
      assertThat(pool(fleet).status().held()).isNull();
      Waiting.until("no sandbox is left", Waiting.LONG, () -> fleet.fleet().sandboxes().isEmpty());
    }
  }

  /** Until the command tells of it; each time is a process of its own. */
  private static void awaitStatus(AttackedFleet fleet, String name, String sentence) {
    Waiting.until(
        "the pool is held: " + sentence, Waiting.LONG, () -> sentence.equals(hold(fleet)));
    Waiting.until(
        "status says so",
        Waiting.LONG,
        () -> {
          FleetProcess status = fleet.fleet().start("status-" + name, "status", "held");
          status.awaitExit(Waiting.LONG);
          return (status.out() + status.err()).contains(sentence)
              && (status.out() + status.err()).contains("repofleet resume held");
        });
  }

  private static void resume(AttackedFleet fleet, String name) {
    FleetProcess resume = fleet.fleet().start(name, "resume", "held");
    assertThat(resume.awaitExit(Waiting.LONG)).as(resume.tail()).isZero();
    assertThat(resume.out()).as(resume.tail()).contains("gives permits again");
  }

  /** Absent also while there is no pool yet. */
  private static @Nullable String hold(AttackedFleet fleet) {
    try {
      return pool(fleet).status().held();
    } catch (WorkflowNotFoundException e) {
      return null;
    }
  }

  private static SandboxPoolWorkflow pool(AttackedFleet fleet) {
    return fleet
        .fleet()
        .temporal()
        .client()
        .newWorkflowStub(SandboxPoolWorkflow.class, Fleet.DEFAULT.poolWorkflowId());
  }
}
