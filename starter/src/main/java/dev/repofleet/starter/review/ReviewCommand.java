package dev.repofleet.starter.review;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code review}: starts a batch and watches it. */
@Command(
    name = "review",
    mixinStandardHelpOptions = true,
    description = "Reviews repositories: starts a batch and watches it to its end.",
    footer = {
      "",
      "Examples:",
      "  repofleet review --local --agent rehearsal ./my-project",
      "  repofleet review -f repositories.txt --plan quality --out results",
      "  repofleet review https://github.com/owner/name@v1.2#server",
      "  repofleet review -f repositories.txt --dry-run",
      "  repofleet review --github my-organisation --topic payments --pushed-since 90d",
      "",
      "Exit code: 0 all complete or unchanged, 2 wrong use, 3 some are not complete, 4 stopped",
      "at the budget, 5 Temporal, the sandboxes or the model can't be reached, 130 interrupted",
      "(the batch goes on)."
    })
public final class ReviewCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      arity = "0..*",
      paramLabel = "TARGET",
      description =
          "A URL, owner/name (of github.com), or the path of a repository on this machine; with an"
              + " optional @ref and #folder.")
  private @Nullable List<String> targets;

  @Option(
      names = "--batch",
      paramLabel = "ID",
      description = "Id of the batch. Default: made of the time")
  private @Nullable String batch;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Copies the results there: report.html, batch.json, a folder a repository.")
  private @Nullable String out;

  @Option(
      names = "--dry-run",
      description = {
        "Prints what would be reviewed, what is unchanged, and what it may cost by what",
        "earlier reviews cost; starts nothing."
      })
  private boolean dryRun;

  @Option(names = "--json", description = "Prints events as JSON lines, the batch last.")
  private boolean json;

  @Option(names = "--detach", description = "Starts the batch, prints its id, and ends.")
  private boolean detach;

  @Option(
      names = "--local",
      description = "Runs Temporal, sandboxes and a worker on this machine for this batch.")
  private boolean local;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where the state of --local lies. Default: REPOFLEET_DATA, else"
              + " ~/.local/share/repofleet")
  private @Nullable Path data;

  @Option(
      names = "--i-accept-local-risk",
      description = "With --local: lets a real agent run here even without bubblewrap's isolation.")
  private boolean acceptLocalRisk;

  @Mixin private BatchOptions options = new BatchOptions();

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public ReviewCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    ReviewRequest request;
    try {
      request =
          options
              .request(context, targets == null ? List.of() : targets)
              .batch(batch)
              .out(out)
              .fleet(fleet.in(context))
              .json(json)
              .detach(detach)
              .local(local)
              .data(data)
              .acceptLocalRisk(acceptLocalRisk)
              .dryRun(dryRun)
              .build();
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
    return new ReviewRun(context, Terminal.of(spec), request).run().number();
  }
}
