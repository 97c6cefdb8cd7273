package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.e2b.local.host.ClaudeInstall;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.model.RealClaudeCode;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.command.ShellLines;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.out.OutFolder;
import dev.repofleet.workflows.AgentKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: the whole main job on this machine, with sample repositories. It starts a stack of
 * its own and then runs {@code review} on it, as a person would.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Reviews three sample repositories on this machine: Temporal, its UI, sandboxes, a worker.",
      "Needs no keys. Without a model the rehearsal agent reviews, and that is said."
    },
    footer = {"", "Examples:", "  repofleet demo", "  repofleet demo --real-cli --keep"})
public final class DemoCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(DemoCommand.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final CommandContext context;
  private final Function<CommandContext, CommandLine> program;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results. Default: a new one in the data folder")
  private @Nullable Path out;

  @Option(names = "--keep", description = "Leave everything up until Ctrl-C")
  private boolean keep;

  @Option(
      names = "--real-cli",
      description = "Run the real Claude Code CLI, on a scripted model that costs nothing")
  private boolean realCli;

  @Spec private @Nullable CommandSpec spec;

  /**
   * In the world of a context.
   *
   * @param program makes the whole program for a world, to run {@code review} in
   */
  public DemoCommand(CommandContext context, Function<CommandContext, CommandLine> program) {
    this.context = context;
    this.program = program;
  }

  @Override
  public Integer call() throws IOException {
    Terminal terminal = Terminal.of(spec);
    String batch = "demo-" + STAMP.format(context.clock().instant()) + "-" + suffix();
    Path data = DataFolders.of(context.environment(), context.home()).data();
    Path folder = data.resolve("demo").resolve(batch);
    Path state = folder.resolve("state");
    if (out != null) {
      OutFolder.check(context.workingDirectory(), out.toString());
    }
    terminal.say("RepoFleet's demo: three sample repositories, everything on this machine.");
    try (StackParts parts = new StackParts()) {
      Path samples = data.resolve("samples").toAbsolutePath();
      List<Path> repositories = prepare(folder, samples);
      Map<String, String> environment = environment(parts);
      AgentKind agent = realCli ? AgentKind.CLAUDE : agentOfThisMachine(terminal);
      EmbeddedStackOptions options =
          EmbeddedStackOptions.builder(environment, context.home())
              .data(state)
              .fleet(FleetOption.ofEnvironment(context))
              .agent(agent)
              .build();
      EmbeddedStack stack = parts.add("the stack", EmbeddedStack.start(options, terminal::say));
      Path results = out == null ? folder.resolve("out") : context.workingDirectory().resolve(out);
      terminal.say("Samples      " + samples);
      announce(terminal, stack, agent);
      List<String> arguments = arguments(agent, batch, results, repositories);
      int exitCode = review(terminal, stack, environment, samples, arguments);
      if (exitCode == 0 || exitCode == ExitCode.FINISHED_WITH_FAILURES.number()) {
        conclude(terminal, results);
      }
      if (keep && exitCode != ExitCode.WRONG_USE.number()) {
        terminal.say("Everything stays up: " + stack.ui() + ". Ctrl-C ends it. For another shell:");
        ShellLines.exports(stack.exports()).forEach(terminal::say);
        if (stack.awaitFailure()) {
          throw CommandException.unreachable(
              "the Temporal server ended by itself: run `demo --keep` again", null);
        }
      }
      return exitCode;
    } finally {
      FileTrees.deleteQuietly(state);
    }
  }

  private static List<Path> prepare(Path folder, Path samples) {
    try {
      PrivateFiles.createFolders(folder);
      sweep(Objects.requireNonNull(folder.getParent()));
      return SampleRepositories.in(samples);
    } catch (IOException e) {
      throw CommandException.wrongUse(
          "the data folder "
              + folder
              + " can't be used: "
              + e
              + "; name another with REPOFLEET_DATA");
    }
  }

  /** Removes the state of demos that were killed; one that still runs holds its lock. */
  private static void sweep(Path demos) throws IOException {
    List<Path> states;
    try (Stream<Path> all = Files.list(demos)) {
      states = all.map(demo -> demo.resolve("state")).filter(Files::isDirectory).toList();
    }
    for (Path state : states) {
      try (DataFolderLock lock = DataFolderLock.take(state)) {
        LOG.debug("removing {}, locked by {}", state, lock);
        FileTrees.deleteQuietly(state);
      } catch (CommandException inUse) {
        LOG.debug("{} is in use", state, inUse);
      }
    }
  }

  /**
   * What stack and review see: artifacts go with the demo's state, wherever others are kept, and
   * with {@code --real-cli} the model is the scripted one.
   */
  private Map<String, String> environment(StackParts parts) {
    Map<String, String> environment = new HashMap<>(context.environment());
    environment.remove("REPOFLEET_ARTIFACTS");
    if (realCli) {
      ScriptedModel model =
          parts.add(
              "the scripted model",
              ScriptedModel.start(new ReviewScenario(ReviewOptions.DEFAULTS)));
      environment.putAll(RealClaudeCode.environment(model.uri()));
    }
    return environment;
  }

  private String suffix() {
    return Integer.toString(36 * 36 * 36 + context.random().nextInt(35 * 36 * 36 * 36), 36);
  }

  /** A demo never fails for want of a model: what is missing is said, and it rehearses. */
  private AgentKind agentOfThisMachine(Terminal terminal) {
    Map<String, String> environment = context.environment();
    if (AgentKind.CLAUDE.lacksModel(environment)) {
      return AgentKind.REHEARSAL;
    }
    boolean remote = !environment.getOrDefault("E2B_API_KEY", "").isBlank();
    boolean local = ClaudeInstall.find(environment).isPresent() && Isolation.detect().isolated();
    if (remote || local) {
      terminal.say("Claude Code reviews with your model; this costs what the model costs.");
      return AgentKind.CLAUDE;
    }
    terminal.say("There is a model, but no Claude Code in working bubblewrap: rehearsing instead.");
    return AgentKind.REHEARSAL;
  }

  /** What the review itself does not say: it prints the batch's page in Temporal's UI. */
  private void announce(Terminal terminal, EmbeddedStack stack, AgentKind agent) {
    terminal.say("Sandboxes    " + stack.sandboxes());
    terminal.say("Metrics      " + stack.metrics());
    if (realCli) {
      terminal.say(
          "Agent        the real Claude Code CLI on a scripted model, which knows nothing");
    } else if (!agent.usesModel()) {
      terminal.say("Agent        rehearsal: fixed rules, no model is used");
    }
  }

  private static List<String> arguments(
      AgentKind agent, String batch, Path results, List<Path> repositories) {
    List<String> arguments = new ArrayList<>(List.of("review", "--local", "--plan", "security"));
    arguments.addAll(List.of("--agent", agent.code(), "--batch", batch));
    arguments.addAll(List.of("--out", results.toAbsolutePath().toString()));
    repositories.forEach(repository -> arguments.add("./" + repository.getFileName()));
    return arguments;
  }

  /** As if it were typed in the samples' folder: short names are easier to read in a terminal. */
  private int review(
      Terminal terminal,
      EmbeddedStack stack,
      Map<String, String> environment,
      Path samples,
      List<String> arguments) {
    CommandContext inside =
        new CommandContext(
            environment,
            samples,
            context.home(),
            context.in(),
            context.clock(),
            context.random(),
            (options, talk) -> new Lent(stack));
    return program
        .apply(inside)
        .setOut(terminal.out())
        .setErr(terminal.err())
        .execute(arguments.toArray(String[]::new));
  }

  /** Of a rehearsal the review says itself that no model was used. */
  private void conclude(Terminal terminal, Path results) {
    if (realCli) {
      terminal.say("The model was scripted: its findings and its cost mean nothing.");
    }
    terminal.say("Report       " + results.resolve("report.html"));
  }

  /** The demo's stack as the review gets it: the review must not end it. */
  private record Lent(EmbeddedStack stack) implements LocalStack {
    @Override
    public Map<String, String> environment() {
      return stack.environment();
    }

    @Override
    public URI ui(String workflowId) {
      return stack.ui(workflowId);
    }

    @Override
    public boolean isKept() {
      return false;
    }

    @Override
    public void close() {
      // The demo closes it, after the report and after --keep.
    }
  }
}
