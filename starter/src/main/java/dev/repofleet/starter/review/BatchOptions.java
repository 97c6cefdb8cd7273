package dev.repofleet.starter.review;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.forge.ForgeOptions;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.target.TargetFilter;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.order.BatchLimits;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a batch can be told, of every command that makes one: lists, forges and filters of targets,
 * the plan and where the batch stops by itself. Mixed in by picocli.
 */
public final class BatchOptions {
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
      names = "--agent",
      paramLabel = "NAME",
      description =
          "claude, or rehearsal, which uses no model. Default: REPOFLEET_AGENT, else claude")
  private @Nullable String agent;

  @Option(
      names = "--no-cache",
      description = "Reviews repositories too that are as they were at an earlier complete result.")
  private boolean noCache;

  @Mixin private ForgeOptions forge = new ForgeOptions();

  /**
   * What was asked for, as far as these options say it.
   *
   * @param targets that were typed
   * @throws IllegalArgumentException with a sentence, when a value is none
   */
  public ReviewRequest.Builder request(CommandContext context, List<String> targets) {
    return ReviewRequest.builder(targets)
        .list(list)
        .source(forge.source(context))
        .filter(
            TargetFilter.of(
                include == null ? List.of() : include, exclude == null ? List.of() : exclude))
        .skipInvalid(skipInvalid)
        .plan(plan)
        .concurrency(concurrency)
        .limits(limits())
        .agent(agent(context))
        .useCache(!noCache);
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

  private AgentKind agent(CommandContext context) {
    String set = context.environment().getOrDefault("REPOFLEET_AGENT", "");
    if (agent != null) {
      return AgentKind.of(agent);
    }
    return set.isBlank() ? AgentKind.CLAUDE : AgentKind.of(set.strip());
  }

  /** What a shell may complete {@code --plan} with. */
  static final class Presets implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return PlanLoader.PRESETS.iterator();
    }
  }
}
