package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.TextColumns;
import dev.repofleet.starter.render.TextLines;
import dev.repofleet.starter.render.TextStyle;
import dev.repofleet.starter.render.Tone;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: looks at every part, and says what to do about what is missing. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks every part as this shell's environment names it.",
      "Java, Git, Temporal, its search attributes and workers, E2B, the model, the",
      "logins of forges, the artifact store (by a file that it writes and deletes),",
      "bubblewrap, the clock. Changes nothing else."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet doctor",
      "  repofleet doctor --json",
      "",
      "Exit code: 0 when nothing that is set up fails, else 5."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final int PART = 18;

  private final CommandContext context;

  @Option(names = "--json", description = "Prints JSON lines.")
  private boolean json;

  @Mixin private FleetOption fleet = new FleetOption();

  @Spec private @Nullable CommandSpec spec;

  /** In the world of a context. */
  public DoctorCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    MachineChecks machine = new MachineChecks(context);
    ServiceChecks services = new ServiceChecks(context, fleet.in(context));
    List<Supplier<List<Checkup>>> checks =
        List.of(
            () -> List.of(machine.java(), machine.git()),
            services::temporal,
            services::sandboxes,
            () -> localParts(machine),
            () -> List.of(services.model()),
            new ForgeChecks(context)::all,
            () -> List.of(machine.artifactStore()));
    Terminal terminal = Terminal.of(spec);
    TextStyle style = TerminalStyle.of(context.environment());
    boolean failed = false;
    for (Supplier<List<Checkup>> check : checks) {
      for (Checkup checkup : whole(check)) {
        failed |= checkup.state() == Checkup.State.FAILED;
        if (json) {
          terminal.tellJson(ArtifactJson.line(checkup));
        } else {
          show(checkup, style, terminal);
        }
      }
    }
    return (failed ? ExitCode.UNREACHABLE : ExitCode.OK).number();
  }

  /** What only `up`, `demo` and `--local` need. */
  private static List<Checkup> localParts(MachineChecks machine) {
    return LocalSandboxes.here()
        ? List.of(machine.temporalProgram(), machine.bubblewrap(), machine.claudeCode())
        : List.of();
  }

  /** One check that falls over must not keep the others from being made. */
  private static List<Checkup> whole(Supplier<List<Checkup>> check) {
    try {
      return check.get();
    } catch (RuntimeException e) {
      return List.of(
          Checkup.failed("a check", "fell over: " + e, "please report it, with this sentence"));
    }
  }

  private static void show(Checkup checkup, TextStyle style, Terminal terminal) {
    String indent = " ".repeat(8 + PART + 2);
    int room = Math.max(20, style.width() - indent.length());
    String head =
        style.dress(tone(checkup.state()), checkup.state().word())
            + " ".repeat(8 - checkup.state().word().length())
            + checkup.part()
            + " ".repeat(Math.max(1, PART + 2 - TextColumns.of(checkup.part())));
    for (String line : TextLines.of(PlainText.of(checkup.found()), room)) {
      terminal.tell(head + line);
      head = indent;
    }
    if (checkup.fix() != null) {
      for (String line : TextLines.of("→ " + PlainText.of(checkup.fix()), room)) {
        terminal.tell(indent + line);
      }
    }
  }

  private static Tone tone(Checkup.State state) {
    return switch (state) {
      case OK -> Tone.GOOD;
      case NOTE -> Tone.WARNING;
      case FAILED -> Tone.BAD;
    };
  }
}
