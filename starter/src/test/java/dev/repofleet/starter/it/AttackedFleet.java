package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fleet to attack: small repositories, the real CLI on a scripted model, workers behind links
 * that can be cut; and the same work undisturbed, to hold what is left against.
 *
 * <p>For one thread. Closing it ends all processes, those that were stopped too.
 */
final class AttackedFleet implements AutoCloseable {
  /** As {@link StartedBatch.Start#HURRIED} has it. */
  static final Duration HEARTBEAT = Duration.ofSeconds(3);

  /** The model's calls in one review without extra turns: {@link ReviewScenario}. */
  private static final int CALLS = 5;

  private final Setup setup;
  private final PacedScenario scenario;
  private final ScriptedModel model;
  private final SeparateFleet fleet;
  private final FleetWorkers workers;

  /**
   * What is attacked.
   *
   * @param test names the folder of the logs
   * @param folder for everything
   * @param repositories names of repositories to be made
   * @param workers how many
   * @param extraTurns of the model in each review
   */
  record Setup(String test, Path folder, List<String> repositories, int workers, int extraTurns) {
    Setup {
      repositories = List.copyOf(repositories);
    }

    /** How often the model is asked in one undisturbed review. */
    int calls() {
      return CALLS + extraTurns;
    }
  }

  /** Starts everything, and returns when the workers poll. */
  AttackedFleet(Setup setup) {
    this(
        setup,
        new ReviewScenario(ReviewOptions.DEFAULTS.withExtraTurns(setup.extraTurns())),
        Map.of());
  }

  /** The same with another scenario, and more variables for the workers. */
  AttackedFleet(Setup setup, Scenario scenario, Map<String, String> more) {
    Prerequisites.requireSandboxes();
    Path claude = Prerequisites.requireClaudeCode();
    this.setup = setup;
    this.scenario = new PacedScenario(scenario);
    setup.repositories().forEach(name -> SmallRepositories.commit(setup.folder(), name));
    this.model = ScriptedModel.start(this.scenario);
    Map<String, String> variables = new HashMap<>(more);
    variables.put("ANTHROPIC_BASE_URL", model.uri().toString());
    variables.put("ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value());
    try {
      this.fleet = new SeparateFleet(setup.test(), setup.folder(), claude, variables);
    } catch (RuntimeException | AssertionError failed) {
      model.close();
      throw failed;
    }
    try {
      this.workers =
          new FleetWorkers(fleet, setup.workers(), Math.max(10, setup.repositories().size()));
    } catch (RuntimeException | AssertionError failed) {
      fleet.close();
      model.close();
      throw failed;
    }
  }

  /** The repositories' names. */
  List<String> repositories() {
    return setup.repositories();
  }

  /** How often the model is asked in one undisturbed review. */
  int calls() {
    return setup.calls();
  }

  /** Its parts. */
  SeparateFleet fleet() {
    return fleet;
  }

  /** Its workers. */
  FleetWorkers workers() {
    return workers;
  }

  /** What the model was asked. */
  Ledger ledger() {
    return model.ledger();
  }

  /** The model waits so long before each reply from now on. */
  void pace(Duration delay) {
    scenario.pace(delay);
  }

  /** Starts a batch over all repositories; the model waits so long before each reply. */
  StartedBatch begin(String batch, Duration delay) {
    return begin(batch, delay, setup.repositories(), StartedBatch.Start.HURRIED);
  }

  /** Starts a batch over some repositories. */
  StartedBatch begin(
      String batch, Duration delay, List<String> repositories, StartedBatch.Start how) {
    scenario.pace(delay);
    return StartedBatch.begin(fleet, setup.folder(), batch, repositories, how);
  }

  /** Runs all repositories without disturbing them: what every attack must come to as well. */
  Undisturbed undisturbed() {
    StartedBatch calm = begin("calm", Duration.ZERO);
    assertThat(calm.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    Results results = calm.results();
    results.assertAllComplete(setup.repositories().size());
    return new Undisturbed(results, ledger(), setup.calls());
  }

  @Override
  public void close() {
    try (model;
        fleet) {
      workers.close();
    }
  }
}
