package dev.repofleet.starter.template;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.AuthenticationException;
import dev.repofleet.e2b.BuildLog;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.TemplateBuild;
import dev.repofleet.e2b.TemplateBuildException;
import dev.repofleet.e2b.TemplateSpec;
import dev.repofleet.e2b.Templates;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.plan.TemplateFile;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.sandboxes.SandboxAccount;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code template build}: builds what a file describes, and shows the build's log. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = {
      "Builds a template of the tools, CPU and memory that a file names.",
      "Shows the build's log as it is written. A plan uses it by `template: NAME`."
    },
    footer = {
      "",
      "Example, of a file:",
      "  name: my-claude",
      "  apt: [ripgrep, maven]",
      "  cpuCount: 4",
      "  memory: 8GiB"
    })
final class TemplateBuildCommand implements Callable<Integer> {
  /** Longer than any build of E2B's may take. */
  private static final Duration LIMIT = Duration.ofHours(2);

  private static final int REFUSED_FILE = 400;
  private static final int FORBIDDEN = 403;

  private final CommandContext context;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "template.yaml",
      description = "The template, YAML or JSON. Default: ${DEFAULT-VALUE}")
  private String file = "template.yaml";

  @Option(names = "--no-cache", description = "Runs steps anew that an earlier build has run.")
  private boolean noCache;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  TemplateBuildCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    TemplateSpec template = TemplateFile.read(context.workingDirectory(), file, noCache);
    try (SandboxAccount account = SandboxAccount.open(context.environment())) {
      Templates templates = account.client().templates();
      TemplateBuild build = start(templates, template);
      terminal.say(
          "Building "
              + template.name()
              + " ("
              + build.buildId()
              + "). Ctrl-C ends the watching, not the build.");
      await(templates, build, template, terminal);
      return ExitCode.OK.number();
    }
  }

  private static TemplateBuild start(Templates templates, TemplateSpec template) {
    try {
      return templates.start(template);
    } catch (E2bException e) {
      throw refusal(template, e);
    }
  }

  private void await(
      Templates templates, TemplateBuild build, TemplateSpec template, Terminal terminal) {
    try {
      templates.await(build, line -> show(line, terminal), LIMIT);
    } catch (TemplateBuildException e) {
      if (json) {
        String step = e.step().orElse(null);
        tell(terminal, TemplateLine.failed(template.name(), e.build(), step, e.getMessage()));
      }
      throw new CommandException(
          ExitCode.FINISHED_WITH_FAILURES,
          e.getMessage() + "; mend it and build again: an earlier build stays in use until then",
          e);
    } catch (E2bException e) {
      throw CommandException.unreachable(
          e.getMessage() + "; the build goes on, and building again does no harm", e);
    }
    if (json) {
      tell(terminal, TemplateLine.ready(template.name(), build));
    }
    terminal.say(
        template.name() + " is ready: a plan uses it by `template: " + template.name() + "`.");
  }

  private void show(BuildLog line, Terminal terminal) {
    if (json) {
      tell(terminal, TemplateLine.Log.of(line));
    } else {
      terminal.tell(PlainText.of(line.message()));
    }
  }

  private static void tell(Terminal terminal, Object line) {
    terminal.tellJson(ArtifactJson.line(line));
  }

  private static CommandException refusal(TemplateSpec template, E2bException failure) {
    if (failure instanceof AuthenticationException refused && refused.status() == FORBIDDEN) {
      return CommandException.wrongUse(
          "the name '"
              + template.name()
              + "' belongs to somebody else: choose another one ("
              + refused.serverMessage()
              + ")");
    }
    if (failure instanceof E2bStatusException refused && refused.status() == REFUSED_FILE) {
      return CommandException.wrongUse("E2B refuses the template: " + refused.serverMessage());
    }
    String wayOut = failure instanceof RateLimitedException ? "; wait for a build to end" : "";
    return CommandException.unreachable(failure.getMessage() + wayOut, failure);
  }
}
