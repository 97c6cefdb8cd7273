package dev.repofleet.starter.publish;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.publish.PublishProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code publish}: the one verb that writes to a forge. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Writes what a batch came to to GitHub: branches, pull requests, findings.",
      "From the patches in fresh clones, by the workers' logins. Again: only what is missing."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet publish 20260102-030405-abcd --pull-request --dry-run",
      "  repofleet publish 20260102-030405-abcd --pull-request --draft --limit 5",
      "  repofleet publish 20260102-030405-abcd --sarif",
      "",
      "Exit code: 0 all that was asked for is there, 3 some was refused or failed."
    })
public final class PublishCommand implements Callable<Integer> {
  private static final int MAX_TEMPLATE = 64 << 10;
  private static final int MAX_LABEL = 50;

  /** What stands for itself in a template. */
  private static final Set<String> FACTS =
      Set.of(
          "plan",
          "batch",
          "commit",
          "findings",
          "files",
          "agent",
          "summary",
          "notCarried",
          "verify");

  private final CommandContext context;

  @Parameters(paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Option(names = "--branch", description = "A branch with the changes of each repository.")
  private boolean branch;

  @Option(names = "--pull-request", description = "A pull request from that branch.")
  private boolean pullRequest;

  @Option(
      names = "--sarif",
      description = "The findings, to code scanning; where all was looked at.")
  private boolean sarif;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most repositories to write for this time. Default: all")
  private @Nullable Integer limit;

  @Option(
      names = "--allow-workflow-changes",
      description = "Lets changes to files through that forges run by themselves.")
  private boolean allowWorkflowChanges;

  @Option(names = "--draft", description = "Pull requests begin as drafts.")
  private boolean draft;

  @Option(
      names = "--label",
      paramLabel = "NAME",
      description = "Label of each pull request; may be repeated.")
  private @Nullable List<String> labels;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description = {
        "Text of pull requests, in Markdown, with {{plan}}, {{batch}}, {{commit}},",
        "{{findings}}, {{files}}, {{agent}}, {{summary}}, {{notCarried}}, {{verify}}."
      })
  private @Nullable Path template;

  @Option(names = "--dry-run", description = "Does and checks all of it but the writing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public PublishCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    requireUse();
    Optional<byte[]> text = templateText();
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      PublishRun run = new PublishRun(connection, context, batch, terminal::say);
      String uri = text.map(bytes -> run.records().store().put(bytes).uri()).orElse(null);
      PublishOptions options =
          new PublishOptions(
              dryRun ? PublishMode.DRY_RUN : PublishMode.PUBLISH,
              branch || pullRequest,
              pullRequest,
              sarif,
              allowWorkflowChanges,
              draft,
              labels == null ? List.of() : labels,
              uri);
      return run.run(options, limit)
          .map(done -> tell(done, run, terminal))
          .orElse(ExitCode.INTERRUPTED)
          .number();
    }
  }

  private void requireUse() {
    if (!branch && !pullRequest && !sarif) {
      throw CommandException.wrongUse(
          "nothing is to be published: say --pull-request, --branch or --sarif");
    }
    if (limit != null && limit < 1) {
      throw CommandException.wrongUse("--limit is a number from 1, not " + limit);
    }
    if (!pullRequest && (draft || labels != null || template != null)) {
      throw CommandException.wrongUse(
          "--draft, --label and --template are about pull requests: say --pull-request too");
    }
    for (String label : labels == null ? List.<String>of() : labels) {
      if (label.isBlank() || label.length() > MAX_LABEL) {
        throw CommandException.wrongUse(
            "the label '" + label + "' is not one that GitHub takes: 1 to 50 characters");
      }
    }
  }

  private Optional<byte[]> templateText() {
    if (template == null) {
      return Optional.empty();
    }
    Path file = context.workingDirectory().resolve(template);
    try {
      if (Files.size(file) > MAX_TEMPLATE) {
        throw CommandException.wrongUse(
            "the template " + template + " is longer than " + (MAX_TEMPLATE >> 10) + " KiB");
      }
      String text = Files.readString(file);
      for (PromptTemplate.Placeholder place : PromptTemplate.placeholders(text)) {
        if (place.name() == null || !FACTS.contains(place.name())) {
          throw CommandException.wrongUse(
              "%s, line %d: {{%s}} is nothing that is known; there are %s"
                  .formatted(
                      template,
                      place.line(),
                      place.name() == null ? "" : place.name(),
                      String.join(", ", FACTS.stream().sorted().toList())));
        }
      }
      return Optional.of(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw CommandException.wrongUse("the template " + template + " can't be read: " + e);
    }
  }

  private ExitCode tell(PublishProgress done, PublishRun run, Terminal terminal) {
    if (!dryRun) {
      PublishedRows.show(PublishedRows.of(run.records()), json, terminal, context.environment());
    }
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("type", "publish");
      line.put("batch", batch);
      line.put("mode", done.options().mode().code());
      line.put("written", done.written());
      line.put("already", done.already());
      line.put("nothing", done.nothing());
      line.put("reasons", done.reasons());
      line.put("refused", done.refused());
      line.put("failed", done.failed());
      line.put("notes", done.notes());
      terminal.tellJson(ArtifactJson.line(line));
    } else {
      done.notes().forEach(note -> terminal.say(PlainText.of(note)));
      terminal.say(PublishText.counts(done) + ".");
      PublishText.reasons(done).forEach(terminal::say);
    }
    return done.refused() + done.failed() > 0 ? ExitCode.FINISHED_WITH_FAILURES : ExitCode.OK;
  }
}
