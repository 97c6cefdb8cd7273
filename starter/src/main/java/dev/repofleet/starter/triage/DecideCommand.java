package dev.repofleet.starter.triage;

import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Triage;
import dev.repofleet.starter.batch.BatchFindings;
import dev.repofleet.starter.batch.FoundFinding;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.Wording;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code accept}, {@code false-positive} and {@code reopen} have in common. */
abstract class DecideCommand implements Callable<Integer> {
  private static final int MAX_REASON = 1000;

  private final CommandContext context;
  private final Suppression.@Nullable Kind kind;
  private final String done;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of a batch that has it.")
  private String batch = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FINDING",
      description = "As `findings list` names it: the beginning of its fingerprint.")
  private List<String> findings = List.of();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; kept with the decision.")
  private String reason = "";

  @Spec private @Nullable CommandSpec spec;

  DecideCommand(CommandContext context, Suppression.@Nullable Kind kind, String done) {
    this.context = context;
    this.kind = kind;
    this.done = done;
  }

  @Override
  public Integer call() {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw CommandException.wrongUse("--reason takes 1 to " + MAX_REASON + " characters");
    }
    BatchFindings batchFindings = BatchFindings.open(context, batch);
    List<FoundFinding> named = batchFindings.named(findings);
    for (FoundFinding found : named) {
      if (found.finding().primary().snippetHash() == null) {
        throw CommandException.wrongUse(
            "finding %s can't be decided on: its file was too large to be read, so nobody would see"
                    .formatted(found.name())
                + " when its lines change");
      }
    }
    Triage triage = new Triage(batchFindings.store());
    for (FoundFinding found : named) {
      triage.decide(found.finding(), kind, reason.strip(), author(), context.clock().instant());
    }
    Terminal terminal = Terminal.of(spec);
    terminal.tell(Wording.count(named.size(), "finding is", "findings are") + " " + done + ".");
    return ExitCode.OK.number();
  }

  /** The person's name on this machine; a store has no accounts of its own. */
  private String author() {
    for (String variable : List.of("USER", "LOGNAME", "USERNAME")) {
      String name = context.environment().getOrDefault(variable, "");
      if (!name.isBlank()) {
        return name.strip();
      }
    }
    String account = System.getProperty("user.name", "");
    // Java says "?" where the account has no name.
    return account.isBlank() || account.equals("?") ? "unknown" : account.strip();
  }
}
