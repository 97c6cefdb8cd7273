package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchWorkflowStarter;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.batch.TemporalPages;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ConfiguredStore;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.command.LocalStackOptions;
import dev.repofleet.starter.command.ShellLines;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.out.OutFolder;
import dev.repofleet.starter.render.BatchEvent;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.starter.target.TargetReader;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.client.WorkflowServiceException;
import java.net.URI;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One batch from what was typed to its results: checks everything, starts it, watches it, copies
 * and shows what came of it. For one batch and one thread.
 *
 * <p>The environment of the context says where Temporal and the artifact store are; with {@link
 * ReviewRequest.Builder#local} a stack on this machine is started for the batch and says so.
 */
public final class ReviewRun {
  private final CommandContext context;
  private final Terminal terminal;
  private final ReviewRequest request;

  /** A run that has not begun. */
  public ReviewRun(CommandContext context, Terminal terminal, ReviewRequest request) {
    this.context = context;
    this.terminal = terminal;
    this.request = request;
  }

  /**
   * Blocks until the batch has ended, with {@code detach} until it has begun, with {@code dryRun}
   * until it is known what it would begin.
   *
   * @return the code to end with
   * @throws RuntimeException that is a {@link picocli.CommandLine.IExitCodeGenerator} and has a
   *     sentence, when something is wrong; with exit code 2 nothing was started
   */
  public ExitCode run() throws InterruptedException {
    Fleet fleet = request.fleet();
    String batch = batch(fleet);
    Plan plan = request.load(context.workingDirectory());
    OutFolder out =
        request.out().map(name -> OutFolder.check(context.workingDirectory(), name)).orElse(null);
    try (WantedTargets targets =
        new TargetReader(context, terminal::say, request.filter(), request.skipInvalid())
            .read(request.targets(), request.list(), request.source())) {
      return run(fleet, batch, plan, targets, out);
    }
  }

  private ExitCode run(
      Fleet fleet, String batch, Plan plan, WantedTargets targets, @Nullable OutFolder out)
      throws InterruptedException {
    BatchStarter.Wanted wanted =
        new BatchStarter.Wanted(
            batch,
            targets,
            plan,
            request.agent(),
            request.concurrency(),
            request.limits(),
            request.useCache());
    if (!request.local()) {
      if (request.acceptLocalRisk()) {
        terminal.say("--i-accept-local-risk changes nothing without --local.");
      }
      return run(fleet, wanted, out, context.environment(), null);
    }
    requireModel();
    terminal.say("Starting Temporal, sandboxes and a worker on this machine ...");
    LocalStackOptions options =
        new LocalStackOptions(
            context.environment(),
            context.home(),
            data(),
            fleet,
            request.agent(),
            request.acceptLocalRisk());
    try (LocalStack stack = context.localStacks().open(options, terminal::say)) {
      Map<String, String> environment = new HashMap<>(context.environment());
      environment.putAll(stack.environment());
      return run(fleet, wanted, out, environment, stack);
    }
  }

  private @Nullable Path data() {
    Path data = request.data();
    return data == null ? null : context.workingDirectory().resolve(data).normalize();
  }

  private String batch(Fleet fleet) {
    String batch =
        request
            .batch()
            .map(typed -> BatchId.of("Batch", fleet, typed, terminal::say))
            .orElseGet(
                () -> BatchId.prefix(fleet) + BatchId.make(context.clock(), context.random()));
    try {
      return fleet.requireBatch(batch);
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  /** Of the workers of a stack that is elsewhere, only they know. */
  private void requireModel() {
    if (request.agent().lacksModel(context.environment())) {
      throw CommandException.unreachable(
          "no model is configured: set ANTHROPIC_API_KEY (or another of Claude Code's credentials),"
              + " or rehearse without a model by --agent rehearsal",
          null);
    }
  }

  private ExitCode run(
      Fleet fleet,
      BatchStarter.Wanted wanted,
      @Nullable OutFolder out,
      Map<String, String> environment,
      @Nullable LocalStack stack)
      throws InterruptedException {
    try (TemporalConnection connection = TemporalConnection.open(environment)) {
      String location = DataFolders.of(environment, context.home()).artifacts();
      ArtifactStore store = ConfiguredStore.at(location);
      connection.requireKeys(fleet);
      if (request.dryRun()) {
        new DryRun(context, terminal, connection, store, wanted)
            .show(fleet, environment, request.json());
        return ExitCode.OK;
      }
      start(new BatchStarter(connection, store, environment, terminal::say), fleet, wanted);
      // The manifest has them now, and the batch may take days.
      wanted.targets().close();
      sayStarted(wanted, connection, stack);
      if (request.detach()) {
        return detached(wanted);
      }
      return new WatchedBatch(
              context, terminal, new WatchedBatch.Options(request.json(), out, location))
          .toItsEnd(
              new TemporalBatchView(connection, wanted.batch(), context.clock()),
              new BatchRecords(store, wanted.batch()),
              context.clock().instant(),
              () -> sayInterrupted(wanted.batch(), stack));
    }
  }

  /** Of an answer that was lost nobody would know the id, and another start be another batch. */
  private static void start(BatchStarter starter, Fleet fleet, BatchStarter.Wanted wanted) {
    try {
      starter.start(fleet, wanted);
    } catch (WorkflowServiceException e) {
      if (BatchWorkflowStarter.isRefusal(e)) {
        throw e;
      }
      throw new TemporalAwayException(
          "Temporal did not say whether it has started batch "
              + wanted.batch()
              + ": the same command with `--batch "
              + wanted.batch()
              + "` starts it once at most",
          e);
    }
  }

  private void sayStarted(
      BatchStarter.Wanted wanted, TemporalConnection connection, @Nullable LocalStack stack) {
    terminal.say(
        "Batch %s: %s, plan %s, agent %s%s, %d at once"
            .formatted(
                wanted.batch(),
                Wording.count(wanted.targets().size(), "repository", "repositories"),
                wanted.plan().name(),
                wanted.agent().code(),
                wanted.agent().usesModel() ? "" : " (no model is used)",
                wanted.window()));
    if (stack == null) {
      terminal.say(
          "Workflow "
              + Fleet.batchWorkflowId(wanted.batch())
              + " at "
              + connection.address()
              + ", namespace "
              + connection.namespace());
    }
    ui(wanted.batch(), stack).ifPresent(page -> terminal.say("Temporal UI  " + page));
  }

  private Optional<URI> ui(String batch, @Nullable LocalStack stack) {
    if (stack != null) {
      return Optional.of(stack.ui(Fleet.batchWorkflowId(batch)));
    }
    try {
      return TemporalPages.of(context.environment(), batch);
    } catch (IllegalArgumentException e) {
      // The batch runs all the same; `open` tells what is wrong with the address.
      return Optional.empty();
    }
  }

  private ExitCode detached(BatchStarter.Wanted wanted) {
    terminal.tell(
        request.json()
            ? BatchEvent.started(
                wanted.batch(),
                wanted.targets().size(),
                context.clock().instant().truncatedTo(ChronoUnit.MILLIS))
            : wanted.batch());
    terminal.say("`repofleet status " + wanted.batch() + "` shows how it stands.");
    return ExitCode.OK;
  }

  private void sayInterrupted(String batch, @Nullable LocalStack stack) {
    if (stack != null && !stack.isKept()) {
      terminal.say("Interrupted. This stack ends, and all it knew of batch " + batch + ".");
      return;
    }
    Path data = data();
    String status = "`repofleet status " + batch + "`";
    terminal.say(
        request.local()
            ? "Interrupted. This stack ends, and what is in work loses its sandbox. `repofleet up"
                + (data == null ? "" : " --data " + ShellLines.word(data.toString()))
                + FleetOption.words(request.fleet())
                + "` goes on with the rest of batch "
                + batch
                + "; "
                + status
                + " then shows it."
            : "Interrupted. Batch "
                + batch
                + " goes on: `repofleet watch "
                + batch
                + "` looks on again, "
                + status
                + " shows it, `repofleet cancel "
                + batch
                + "` ends it."
                + (request.out().isEmpty()
                    ? ""
                    : " `repofleet report " + batch + " --out DIR` writes its results then."));
  }
}
