package dev.repofleet.starter.review;

import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.FleetOption;
import dev.repofleet.starter.PlainText;
import dev.repofleet.starter.Terminal;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.target.TargetFilter;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.batch.BatchLimits;
import java.nio.file.Path;
import java.util.Iterator;
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
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = {
        "A list of targets, one a line, '#' for comments; - reads standard input.",
        "With a first line that names the column url, and perhaps ref, subpath, prompt,",
        "instructions, model, effort, budgetUsd, turns, time: CSV."
      })
  private @Nullable String list;

  @Option(
      names = "--include",
      paramLabel = "REGEX",
      description =
          "Reviews only targets in which it is found, as host/owner/name#folder; may be repeated.")
  private @Nullable List<String> include;

  @Option(
      names = "--exclude",
      paramLabel = "REGEX",
      description = "Leaves out targets in which it is found; may be repeated.")
  private @Nullable List<String> exclude;

  @Option(
      names = "--skip-invalid",
      description = "Leaves out targets that can't be used, in place of refusing all.")
  private boolean skipInvalid;

  @Option(
      names = "--plan",
      paramLabel = "NAME|FILE",
      defaultValue = "security",
      completionCandidates = Presets.class,
      description = {
        "A preset (${COMPLETION-CANDIDATES}) or a YAML or JSON file.",
        "Default: ${DEFAULT-VALUE}"
      })
  private String plan = "";

  @Option(
      names = "--batch",
      paramLabel = "ID",
      description = "Id of the batch. Default: made of the time")
  private @Nullable String batch;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "10",
      description = "Most repositories in work at once, 1 to 500. Default: ${DEFAULT-VALUE}")
  private int concurrency;

  @Option(
      names = "--budget-usd",
      paramLabel = "X",
      description = {
        "Most dollars that all repositories may cost together; passed by no more than the",
        "turn that each agent is in. Default: what the plan allows each"
      })
  private @Nullable Double budgetUsd;

  @Option(
      names = "--max-failures",
      paramLabel = "N|X%",
      description = {
        "Starts nothing more once so many have failed, or such a share of those that have",
        "ended, of which there must be ten. Default: goes on to the end"
      })
  private @Nullable String maxFailures;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Copies the results there: report.html, batch.json, a folder a repository.")
  private @Nullable String out;

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description =
          "claude, or rehearsal, which uses no model. Default: REPOFLEET_AGENT, else claude")
  private @Nullable String agent;

  @Option(
      names = "--no-cache",
      description = "Reviews repositories too that are as they were at an earlier complete result.")
  private boolean noCache;

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
          ReviewRequest.builder(targets == null ? List.of() : targets)
              .list(list)
              .filter(
                  TargetFilter.of(
                      include == null ? List.of() : include, exclude == null ? List.of() : exclude))
              .skipInvalid(skipInvalid)
              .plan(plan)
              .batch(batch)
              .concurrency(concurrency)
              .limits(limits())
              .out(out)
              .fleet(fleet.in(context))
              .agent(agent())
              .json(json)
              .detach(detach)
              .local(local)
              .data(data)
              .acceptLocalRisk(acceptLocalRisk)
              .useCache(!noCache)
              .dryRun(dryRun)
              .build();
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
    return new ReviewRun(context, Terminal.of(spec), request).run().number();
  }

  /** What a shell may complete {@code --plan} with. */
  static final class Presets implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return PlanLoader.PRESETS.iterator();
    }
  }

  private BatchLimits limits() {
    if (maxFailures == null) {
      return new BatchLimits(budgetUsd, null, null);
    }
    String number = maxFailures.strip();
    try {
      return number.endsWith("%")
          ? new BatchLimits(
              budgetUsd, null, Double.valueOf(number.substring(0, number.length() - 1).strip()))
          : new BatchLimits(budgetUsd, Integer.valueOf(number), null);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--max-failures takes a number as 5, or a share as 10%, not '"
              + PlainText.of(number, 40)
              + "'",
          e);
    }
  }

  private AgentKind agent() {
    String set = context.environment().getOrDefault("REPOFLEET_AGENT", "");
    if (agent != null) {
      return AgentKind.of(agent);
    }
    return set.isBlank() ? AgentKind.CLAUDE : AgentKind.of(set.strip());
  }
}
