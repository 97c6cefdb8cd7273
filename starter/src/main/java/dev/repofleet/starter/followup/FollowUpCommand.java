package dev.repofleet.starter.followup;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchFindings;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchTargets;
import dev.repofleet.starter.batch.FoundFinding;
import dev.repofleet.starter.batch.KnownBatch;
import dev.repofleet.starter.batch.TargetChoice;
import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code follow-up}: one more turn in the session of one repository. */
@Command(
    name = "follow-up",
    mixinStandardHelpOptions = true,
    description = {
      "Asks the agent of one repository for one more turn, in the session it has.",
      "While the review runs that comes after the turns of the plan, else in a new",
      "sandbox with the work so far. --finding and --across ask all other repositories",
      "of the batch, each in its own session, whether they have the same problem."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet follow-up 20260102-030405-abcd owner/name \"Fix the medium ones too.\"",
      "  repofleet follow-up 20260102-030405-abcd owner/name - < prompt.txt",
      "  repofleet follow-up 20260102-030405-abcd --finding 3fa9c01b22de \\",
      "    --across \"Is the input checked here before it reaches the query?\"",
      "",
      "Exit code: 0 complete, 2 wrong use, 3 the turn did not end well, 5 Temporal can't",
      "be reached, 130 interrupted (the follow-up goes on)."
    })
public final class FollowUpCommand implements Callable<Integer> {
  /** As much as an agent can be asked to read at once; more belongs into the repository. */
  private static final int MAX_PROMPT = 256 << 10;

  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "As it was typed, its key, or a part of its name that no other has.")
  private @Nullable String target;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "What to do, 256 KiB at the most; - reads standard input.")
  private @Nullable String prompt;

  @ArgGroup(exclusive = false)
  private @Nullable Across across;

  /** The two that go together. */
  private static final class Across {
    @Option(
        names = "--finding",
        required = true,
        paramLabel = "FINDING",
        description = "As `findings list` names it: the beginning of its fingerprint.")
    private String finding = "";

    @Option(
        names = "--across",
        required = true,
        paramLabel = "PROMPT",
        description =
            "What to ask the others; - reads standard input. They are told the finding's rule,"
                + " title, summary and remedy, and nothing of its code, path or repository.")
    private String prompt = "";
  }

  @Option(names = "--detach", description = "Ends once the follow-up is on its way.")
  private boolean detach;

  @Spec private @Nullable CommandSpec spec;

  /** A command in this world. */
  public FollowUpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    KnownBatch.requireId(batch);
    if (across != null) {
      return acrossTheBatch(across);
    }
    if (target == null || prompt == null) {
      throw CommandException.wrongUse(
          "follow-up needs TARGET and PROMPT, or --finding FINDING --across PROMPT");
    }
    byte[] text = read(prompt);
    BatchRecords records = BatchRecords.open(context, batch);
    TargetRow row = TargetChoice.choose(batch, BatchTargets.require(context, records), target);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      requireKeys(connection, records);
      return new FollowUpRun(context, Terminal.of(spec), connection, records, row)
          .run(text, detach)
          .number();
    }
  }

  private Integer acrossTheBatch(Across asked) throws InterruptedException {
    if (target != null) {
      throw CommandException.wrongUse(
          "--across asks all other repositories: leave '" + PlainText.of(target, 80) + "' out");
    }
    String question = new String(read(asked.prompt), StandardCharsets.UTF_8);
    FoundFinding found = BatchFindings.open(context, batch).named(List.of(asked.finding)).get(0);
    BatchRecords records = BatchRecords.open(context, batch);
    List<TargetRow> targets = BatchTargets.require(context, records);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      requireKeys(connection, records);
      return new FollowUpAcross(context, Terminal.of(spec), connection, records, targets)
          .run(found, question, detach)
          .number();
    }
  }

  private void requireKeys(TemporalConnection connection, BatchRecords records) {
    connection.requireKeys(
        new TemporalBatchView(connection, batch, context.clock()).fleet(records));
  }

  private byte[] read(String typed) {
    byte[] text;
    try {
      text =
          typed.equals("-")
              ? context.in().readNBytes(MAX_PROMPT + 1)
              : typed.getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw CommandException.wrongUse("the prompt can't be read from standard input: " + e);
    }
    if (text.length > MAX_PROMPT) {
      throw CommandException.wrongUse(
          "the prompt is longer than 256 KiB: shorten it, or put what is to be read into the"
              + " repository");
    }
    if (new String(text, StandardCharsets.UTF_8).isBlank()) {
      throw CommandException.wrongUse(
          "the prompt is empty: write what the agent shall do"
              + (typed.equals("-") ? " on standard input" : ", or - for standard input"));
    }
    return text;
  }
}
