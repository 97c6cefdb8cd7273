package dev.repofleet.starter.review;

import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.CommandException;
import dev.repofleet.starter.Terminal;
import dev.repofleet.workflows.client.TemporalConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "sandbox with the work so far."
    },
    footer = {
      "",
      "Examples:",
      "  repofleet follow-up 20260102-030405-abcd owner/name \"Fix the medium ones too.\"",
      "  repofleet follow-up 20260102-030405-abcd owner/name - < prompt.txt",
      "",
      "Exit code: 0 complete, 2 wrong use, 3 the turn did not end well, 5 Temporal can't be",
      "reached, 130 interrupted (the follow-up goes on)."
    })
public final class FollowUpCommand implements Callable<Integer> {
  /** As much as an agent can be asked to read at once; more belongs into the repository. */
  private static final int MAX_PROMPT = 256 << 10;

  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "BATCH", description = "Id of the batch.")
  private String batch = "";

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "As it was typed, its key, or a part of its name that no other has.")
  private String target = "";

  @Parameters(
      index = "2",
      paramLabel = "PROMPT",
      description = "What to do, 256 KiB at the most; - reads standard input.")
  private String prompt = "";

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
    byte[] text = prompt();
    BatchRecords records = BatchRecords.open(context, batch);
    TargetRow row = TargetChoice.choose(batch, BatchTargets.require(context, records), target);
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      return new FollowUpRun(context, Terminal.of(spec), connection, records, row)
          .run(text, detach)
          .number();
    }
  }

  private byte[] prompt() {
    byte[] text;
    try {
      text =
          prompt.equals("-")
              ? context.in().readNBytes(MAX_PROMPT + 1)
              : prompt.getBytes(StandardCharsets.UTF_8);
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
              + (prompt.equals("-") ? " on standard input" : ", or - for standard input"));
    }
    return text;
  }
}
