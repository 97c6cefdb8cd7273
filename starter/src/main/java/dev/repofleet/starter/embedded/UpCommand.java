package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.ShellLines;
import dev.repofleet.starter.command.Terminal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code up}: the embedded stack in the foreground, until Ctrl-C. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Runs Temporal with its UI, local sandboxes and one worker in the foreground.",
      "Prints the export lines another shell needs; the state survives a restart."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet up",
      "  repofleet up --port 0 --ui-port 0 --data ./fleet"
    })
public final class UpCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "7233",
      description = "Port of the Temporal server; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(
      names = "--ui-port",
      paramLabel = "P",
      defaultValue = "8233",
      description = "Port of Temporal's UI; 0 takes a free one. Default: ${DEFAULT-VALUE}")
  private int uiPort;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the state lies. Default: ~/.local/share/repofleet")
  private @Nullable Path data;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  /** In the world of a context. */
  public UpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    EmbeddedStackOptions.Builder builder =
        EmbeddedStackOptions.builder(context.environment(), context.home())
            .fleet(fleet.in(context))
            .ports(
                new StackPorts(
                    port,
                    uiPort,
                    LoopbackPorts.preferring(StackPorts.FIXED.sandboxes()),
                    LoopbackPorts.preferring(StackPorts.FIXED.metrics())));
    if (data != null) {
      builder.data(context.workingDirectory().resolve(data));
    }
    EmbeddedStackOptions options = builder.build();
    terminal.say("Starting Temporal, sandboxes and a worker ...");
    try (EmbeddedStack stack = EmbeddedStack.start(options, terminal::say)) {
      tell(stack, terminal);
      if (stack.awaitFailure()) {
        throw CommandException.unreachable(
            "the Temporal server ended by itself: see " + stack.logs() + "; run `up` again", null);
      }
    }
    return 0;
  }

  private static void tell(EmbeddedStack stack, Terminal terminal) {
    PrintWriter out = terminal.out();
    ShellLines.exports(stack.exports()).forEach(out::println);
    out.flush();
    terminal.say("Temporal UI  " + stack.ui());
    terminal.say("Sandboxes    " + stack.sandboxes());
    terminal.say("Metrics      " + stack.metrics());
    terminal.say("State, logs  " + stack.data());
    terminal.say("Give the export lines above to another shell. Ctrl-C ends all of it.");
  }
}
